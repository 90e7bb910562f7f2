import Datasets
import Foundation
import Tensors
import Testing

struct MNISTTests {
    @Test func packedFilesAreRead() throws {
        let train = try load("mnist:\(goldenFolder)")
        #expect(train.count == 6 && train.name == "mnist/train")
        #expect(train.imageShape == ImageShape(channels: 1, height: 3, width: 2))
        #expect(train.labels == [9, 8, 7, 6, 5, 4])
        let test = try load("mnist/test:\(goldenFolder)")
        #expect(test.count == 2 && test.labels == [7, 0])
        let pixels: [Double] = [40, 41, 48, 49, 56, 57]
        let expected = pixels.map { Float(($0 / 255 - 0.1307) / 0.3081) }
        #expect(train.values([1]) == expected)
        #expect(test.values([1]) == expected)
        #expect(train.values([5, 1]).suffix(6).elementsEqual(expected))
    }

    /// A folder with a training set of two images of 2 x 2.
    private func folder(
        images: [UInt8]? = nil, labels: [UInt8]? = nil, imagesName: String = "train-images-idx3-ubyte",
        labelsName: String = "train-labels-idx1-ubyte"
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(imagesName, images ?? idx([2, 2, 2], [0, 1, 2, 3, 252, 253, 254, 255]))
        try folder.write(labelsName, labels ?? idx([2], [3, 9]))
        return folder
    }

    @Test func plainFilesAreReadUnderBothSpellings() throws {
        let published = try folder()
        let dotted = try folder(imagesName: "train-images.idx3-ubyte", labelsName: "train-labels.idx1-ubyte")
        let misnamed = try folder(labelsName: "train-labels-idx1-ubyte.gz")
        for folder in [published, dotted, misnamed] {
            let data = try load("mnist:\(folder.path)")
            #expect(data.labels == [3, 9])
            let white: Double = (1 - 0.1307) / 0.3081
            #expect(data.values([1]).last == Float(white))
        }
    }

    @Test func missingFilesAreToldWithTheNamesLookedFor() throws {
        let folder = try folder()
        let error = failure(DatasetError.self) { try load("mnist/test:\(folder.path)") }
        #expect(
            error
                == .missingFile(
                    folder: folder.path,
                    names: [
                        "t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte.gz", "t10k-images.idx3-ubyte",
                        "t10k-images.idx3-ubyte.gz",
                    ]))
        let missing = failure(DatasetError.self) { try load("mnist:\(folder.path)/none") }
        #expect(missing == .missingFolder(folder.path + "/none"))
        let file = failure(DatasetError.self) { try load("mnist:\(folder.path)/train-images-idx3-ubyte") }
        #expect(file == .missingFolder(folder.path + "/train-images-idx3-ubyte"))
    }

    @Test func damagedFilesAreToldByWhatIsWrong() throws {
        let images = "train-images-idx3-ubyte"
        let labels = "train-labels-idx1-ubyte"
        let cases: [(images: [UInt8]?, labels: [UInt8]?, expected: (String) -> DatasetError)] = [
            ([], nil, { .empty(file: "\($0)/\(images)") }),
            (idx([0, 28, 28], []), nil, { .empty(file: "\($0)/\(images)") }),
            (nil, idx([0], []), { .empty(file: "\($0)/\(labels)") }),
            (
                idx([2, 2, 2], [UInt8](repeating: 0, count: 7)), nil,
                { .truncated(file: "\($0)/\(images)", expected: 24, found: 23) }
            ),
            (
                idx([2, 2, 2], [UInt8](repeating: 0, count: 9)), nil,
                { .trailingBytes(file: "\($0)/\(images)", expected: 24) }
            ),
            (
                idx([2], [3, 9]), nil, { .wrongMagic(file: "\($0)/\(images)", found: 0x0801, expected: 0x0803) }
            ),
            (
                nil, idx([2], [3, 9], magic: [0, 0, 0x0d, 1]),
                { .wrongMagic(file: "\($0)/\(labels)", found: 0x0d01, expected: 0x0801) }
            ),
            (
                nil, idx([3], [3, 9, 1]),
                { .countMismatch(images: 2, imagesFile: "\($0)/\(images)", labels: 3, labelsFile: "\($0)/\(labels)") }
            ),
            (
                nil, idx([2], [3, 10]),
                { .labelOutOfRange(file: "\($0)/\(labels)", index: 1, label: 10, classCount: 10) }
            ),
            (
                idx([0xffff_ffff, 0xffff_ffff, 0xffff_ffff], []), nil,
                {
                    .impossibleSize(file: "\($0)/\(images)", dimensions: [0xffff_ffff, 0xffff_ffff, 0xffff_ffff])
                }
            ),
            (
                idx([0xffff, 0xffff, 0xffff], []), nil,
                { .truncated(file: "\($0)/\(images)", expected: 0xffff * 0xffff * 0xffff + 16, found: 16) }
            ),
        ]
        for (images, labels, expected) in cases {
            let folder = try folder(images: images, labels: labels)
            let error = failure(DatasetError.self) { try load("mnist:\(folder.path)") }
            #expect(error == expected(folder.path))
            #expect(error?.description.contains(folder.path) == true)
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let whole = idx([2, 2, 2], [0, 1, 2, 3, 252, 253, 254, 255])
        for length in 0..<whole.count {
            let folder = try folder(images: Array(whole.prefix(length)))
            #expect(failure(DatasetError.self) { try load("mnist:\(folder.path)") } != nil, "\(length) bytes")
        }
        let labels = idx([2], [3, 9])
        for length in 0..<labels.count {
            let folder = try folder(labels: Array(labels.prefix(length)))
            #expect(failure(DatasetError.self) { try load("mnist:\(folder.path)") } != nil, "\(length) bytes")
        }
    }

    @Test func everyTruncationOfAPackedFileIsRefused() throws {
        let name = "train-images-idx3-ubyte.gz"
        let packed = try Data(contentsOf: URL(fileURLWithPath: "\(goldenFolder)/\(name)"))
        let labels = try Data(contentsOf: URL(fileURLWithPath: "\(goldenFolder)/train-labels-idx1-ubyte.gz"))
        for length in 0..<packed.count {
            let folder = try folder(
                images: Array(packed.prefix(length)), labels: Array(labels), imagesName: name,
                labelsName: "train-labels-idx1-ubyte.gz")
            do {
                _ = try load("mnist:\(folder.path)")
                Issue.record("\(length) of \(packed.count) bytes were accepted")
            } catch {
                #expect(error is DatasetError || error is FormatError, "\(length) bytes: \(error)")
            }
        }
    }

    static let real = sharedData.map { $0 + "/mnist" }

    @Test(.enabled(if: real != nil, "no MNIST: set SLIPSTREAM_DATA or put it at ../shared/data beside the checkout"))
    func theRealFilesAreRead() throws {
        let folder = try #require(Self.real)
        let train = try #require(try load("mnist:\(folder)") as? ByteImages)
        let test = try load("mnist/test:\(folder)")
        #expect(train.count == 60_000 && test.count == 10_000)
        #expect(train.imageShape == ImageShape(channels: 1, height: 28, width: 28))
        #expect(train.labels.prefix(10) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
        #expect(test.labels.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
        let measured = train.measuredNormalization()
        #expect(abs(measured.means[0] - train.normalization.means[0]) < 5e-5)
        #expect(abs(measured.standardDeviations[0] - train.normalization.standardDeviations[0]) < 5e-5)
    }
}
