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
