import Buffers
import Datasets
import Foundation
import Tensors
import Testing

struct ImagesTests {
    @Test func npzImagesAreTakenAsTheyAre() throws {
        for split in ["", "/train", "/test"] {
            let data = try load("npz\(split):\(goldenFolder)/images.npz")
            #expect(data.count == 3 && data.imageShape == ImageShape(channels: 2, height: 2, width: 2))
            #expect(data.labels == [2, 0, 4] && data.classCount == 5)
            let order = Array(16..<24) + Array(0..<8)
            #expect(data.values([2, 0]) == order.map { Float($0) - 5.5 })
        }
    }

    private func archive(_ images: AnyTensor, _ labels: AnyTensor) throws -> (TemporaryFolder, String) {
        let folder = try TemporaryFolder()
        try NPZ.write([("images", images), ("labels", labels)], to: folder.file("data.npz"))
        return (folder, folder.file("data.npz"))
    }

    @Test func arraysOfOtherTypesAndRanksAreRefused() throws {
        let images = try Tensor<Float>(shape: [2, 1, 2, 2])
        let labels = try Tensor<Int64>(shape: [2])
        let cases: [(AnyTensor, AnyTensor, String, String)] = [
            (try images.map { Double($0) }.erased, labels.erased, "images", "float64 of 2 x 1 x 2 x 2"),
            (try images.reshaped([2, 4]).erased, labels.erased, "images", "float32 of 2 x 4"),
            (images.erased, try labels.map { Int32($0) }.erased, "labels", "int32 of 2"),
            (images.erased, try labels.reshaped([2, 1]).erased, "labels", "int64 of 2 x 1"),
        ]
        for (images, labels, array, found) in cases {
            let (folder, path) = try archive(images, labels)
            let error = failure(DatasetError.self) { try load("npz:\(path)") }
            guard case .wrongArray(path, array, found, _)? = error else {
                Issue.record("\(array), \(found): \(String(describing: error))")
                continue
            }
            withExtendedLifetime(folder) {}
        }
    }

    @Test func labelsMustFitTheImages() throws {
        let images = try Tensor<Float>(shape: [2, 1, 1, 1]).erased
        let cases: [([Int64], (String) -> DatasetError)] = [
            ([0, 1, 2], { .countMismatch(images: 2, imagesFile: $0, labels: 3, labelsFile: $0) }),
            ([0], { .countMismatch(images: 2, imagesFile: $0, labels: 1, labelsFile: $0) }),
            ([0, -1], { .labelOutOfRange(file: $0, index: 1, label: -1, classCount: 1) }),
            ([.max, 0], { .labelOutOfRange(file: $0, index: 0, label: .max, classCount: Int(Int32.max)) }),
            ([.min, 0], { .labelOutOfRange(file: $0, index: 0, label: .min, classCount: 1) }),
        ]
        for (labels, expected) in cases {
            let (folder, path) = try archive(images, Tensor(shape: [labels.count], elements: labels).erased)
            #expect(failure(DatasetError.self) { try load("npz:\(path)") } == expected(path))
            withExtendedLifetime(folder) {}
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func valuesThatAreNotFiniteAreRefused(_ value: Float) throws {
        var elements = [Float](repeating: 1, count: 12)
        elements[7] = value
        let images = try Tensor(shape: [3, 1, 2, 2], elements: elements).erased
        let (folder, path) = try archive(images, Tensor<Int64>(shape: [3]).erased)
        #expect(failure(DatasetError.self) { try load("npz:\(path)") } == .notFinite(file: path, index: 1))
        withExtendedLifetime(folder) {}
    }

    @Test(arguments: [[0, 1, 2, 2], [2, 0, 2, 2]])
    func imagesWithoutValuesAreEmpty(_ shape: [Int]) throws {
        let images = try Tensor<Float>(shape: shape).erased
        let (folder, path) = try archive(images, Tensor<Int64>(shape: [shape[0]]).erased)
        #expect(failure(DatasetError.self) { try load("npz:\(path)") } == .empty(file: path))
        withExtendedLifetime(folder) {}
    }

    @Test func anArchiveWithoutTheArraysSaysWhatItHolds() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("data.npz")
        try NPZ.write([("x", try Tensor<Float>(shape: [1]).erased)], to: path)
        let error = try #require(failure(FormatError.self) { try load("npz:\(path)") })
        #expect(error.kind == .missing && error.description.contains("'images'") && error.description.hasSuffix("x"))
        let missing = failure(FileError.self) { try load("npz:\(folder.file("none.npz"))") }
        #expect(missing?.code == ENOENT)
    }

    @Test func byteImagesMustFitTheirLabelsAndShape() throws {
        let shape = ImageShape(channels: 2, height: 1, width: 2)
        let normalization = Normalization(maximum: 255, means: [0, 0], standardDeviations: [1, 1])
        func images(_ byteCount: Int, _ labels: [Int32], _ shape: ImageShape) throws -> ByteImages {
            try ByteImages(
                name: "own", imageShape: shape, classCount: 2, pixels: AlignedBuffer(count: byteCount), labels: labels,
                normalization: normalization)
        }
        #expect(try images(8, [0, 1], shape).count == 2)
        #expect(throws: DatasetError.self) { try images(9, [0, 1], shape) }
        #expect(throws: DatasetError.self) { try images(8, [0], shape) }
        #expect(throws: DatasetError.self) { try images(0, [], shape) }
        #expect(throws: DatasetError.self) { try images(8, [0, 2], shape) }
        #expect(throws: DatasetError.self) { try images(8, [0, 1], ImageShape(channels: 2, height: .max, width: 2)) }
        #expect(throws: DatasetError.self) { try images(8, [0, 1], ImageShape(channels: 2, height: -1, width: -2)) }
    }

    @Test func eachChannelHasItsOwnMeasure() throws {
        let bytes: [UInt8] = [0, 100, 7, 7, 100, 200, 7, 7]
        let images = try ByteImages(
            name: "own", imageShape: ImageShape(channels: 2, height: 1, width: 2), classCount: 1,
            pixels: AlignedBuffer(bytes), labels: [0, 0],
            normalization: Normalization(maximum: 100, means: [0, 0], standardDeviations: [1, 1]))
        let measured = images.measuredNormalization()
        #expect(measured.maximum == 100 && measured.means == [1, 0.07])
        #expect(measured.standardDeviations[0] == 0.5.squareRoot())
        // A channel whose values are all equal is only centred.
        #expect(measured.standardDeviations[1] == 1)
    }
}
