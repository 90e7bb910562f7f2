import Datasets
import Foundation
import Testing

struct SpecificationTests {
    @Test(
        arguments: [
            ("digits", "digits", nil, nil), ("digits/test", "digits", .test, nil),
            ("mnist:/data", "mnist", nil, "/data"),
            ("mnist/train:DIR", "mnist", .train, "DIR"), ("cifar10/test:a:b/c", "cifar10", .test, "a:b/c"),
            ("npz:my file.npz", "npz", nil, "my file.npz"),
        ] as [(String, String, DatasetSplit?, String?)])
    func textsAreTakenApartAndPutTogetherAgain(
        _ text: String, _ name: String, _ split: DatasetSplit?, _ location: String?
    ) throws {
        let specification = try DatasetSpecification(text)
        #expect(specification.name == name && specification.split == split && specification.location == location)
        #expect(specification.description == text)
    }

    @Test(
        arguments: [
            ("mnits:DIR", .unknownName("mnits", suggestion: "mnist")),
            ("Digits", .unknownName("Digits", suggestion: "digits")),
            ("cifar:DIR", .unknownName("cifar", suggestion: "cifar10")), ("", .unknownName("", suggestion: nil)),
            (":DIR", .unknownName("", suggestion: nil)), ("imagenet:DIR", .unknownName("imagenet", suggestion: nil)),
            ("digits/validation", .unknownSplit("validation", name: "digits")),
            ("digits/", .unknownSplit("", name: "digits")),
            ("mnist", .missingLocation(form: "mnist:DIR")), ("mnist/test:", .missingLocation(form: "mnist:DIR")),
            ("npz", .missingLocation(form: "npz:FILE")), ("digits:DIR", .unexpectedLocation("DIR", name: "digits")),
            ("digits:", .unexpectedLocation("", name: "digits")),
        ] as [(String, DatasetSpecificationError)])
    func wrongTextsAreToldWithTheFormsThatExist(_ text: String, _ expected: DatasetSpecificationError) {
        let error = failure(DatasetSpecificationError.self) { try DatasetSpecification(text) }
        #expect(error == expected)
        #expect(expected.description.contains("digits, mnist:DIR, cifar10:DIR, npz:FILE"))
    }

    @Test(
        arguments: [
            ("digits[:500]", nil, 0, 500, nil), ("digits/test[10:20]", .test, 10, 20, nil),
            ("mnist/train[55000:]:DIR", .train, 55000, nil, "DIR"), ("npz[:7]:a[0:1].npz", nil, 0, 7, "a[0:1].npz"),
        ] as [(String, DatasetSplit?, Int, Int?, String?)])
    func rowsMayStandBeforeTheLocation(
        _ text: String, _ split: DatasetSplit?, _ first: Int, _ end: Int?, _ location: String?
    ) throws {
        let specification = try DatasetSpecification(text)
        #expect(specification.split == split && specification.location == location)
        #expect(specification.rows?.lowerBound == first && specification.rows?.upperBound == end)
        #expect(specification.description == text)
    }

    @Test(arguments: ["", ":", "5", "a:b", "5:5", "5:4", "-1:3", "1:2:3", " 1:2", "1:99999999999999999999", "٣:٤"])
    func rowsThatAreNoRangeAreRefused(_ rows: String) throws {
        // All images may be asked for, needlessly.
        if rows == ":" { return #expect(try DatasetSpecification("digits[:]").load(defaultSplit: .test).count == 360) }
        let error = failure(DatasetSpecificationError.self) { try DatasetSpecification("digits[\(rows)]") }
        #expect(error == .wrongRows("[\(rows)]", name: "digits"))
    }

    @Test(arguments: ["digits[1:2", "digits[1:2]x", "mnist[1:2:DIR", "mnist[1:2]DIR"])
    func bracketsThatDoNotCloseAreRefused(_ text: String) {
        guard case .wrongRows = failure(DatasetSpecificationError.self, { try DatasetSpecification(text) }) else {
            Issue.record("\(text) was read")
            return
        }
    }

    @Test func rowsAreTheImagesOfTheWholeFromTheFirstOn() throws {
        let (whole, some) = try (load("digits/test"), load("digits/test[100:140]"))
        #expect(some.count == 40 && some.name == "digits/test[100:140]" && some.imageShape == whole.imageShape)
        #expect(some.labels == Array(whole.labels[100..<140]) && some.background == whole.background)
        #expect(some.values([0, 39, 7]) == whole.values([100, 139, 107]))
    }

    @Test(arguments: ["digits/test[350:361]", "digits/test[360:]", "digits/test[5000:6000]"])
    func rowsThatAreNotThereAreToldWithTheNumberOfImages(_ text: String) {
        let error = failure(DatasetError.self) { try load(text) }
        #expect("\(error as Any)".contains("has 360 images"))
    }

    @Test func anExplicitSplitGoesBeforeTheDefault() throws {
        #expect(try load("digits", .test).count == 360)
        #expect(try load("digits", .train).count == 1437)
        #expect(try load("digits/train", .test).count == 1437)
        var specification = try DatasetSpecification("digits/train")
        specification.split = .test
        #expect(try specification.load(defaultSplit: .train).count == 360)
    }

    @Test func aTildeIsTheHomeFolder() {
        let error = failure(DatasetError.self) { try load("mnist:~/no-such-folder-here") }
        #expect(error == .missingFolder(NSHomeDirectory() + "/no-such-folder-here"))
    }

    @Test func everyKindCanBeAskedForByItsForm() throws {
        for kind in DatasetKind.all {
            #expect(try DatasetSpecification(kind.form).name == kind.name)
            #expect(!kind.summary.isEmpty)
        }
        #expect(Set(DatasetKind.all.map(\.name)).count == DatasetKind.all.count)
    }
}
