import Datasets
import Foundation
import Tensors

/// The first images of another data set, under its name.
struct Subset: Dataset {
    let base: any Dataset
    let count: Int

    var name: String { base.name }
    var imageShape: ImageShape { base.imageShape }
    var classCount: Int { base.classCount }
    var labels: [Int32] { Array(base.labels.prefix(count)) }

    func copyImages(at indices: UnsafeBufferPointer<Int>, to destination: UnsafeMutablePointer<Float>) {
        base.copyImages(at: indices, to: destination)
    }
}

extension Dataset {
    /// The values of the images with the given indices, or of all.
    func values(_ indices: [Int]? = nil) -> [Float] {
        let indices = indices ?? Array(0..<count)
        var values = [Float](repeating: .nan, count: indices.count * imageShape.count)
        values.withUnsafeMutableBufferPointer { values in
            indices.withUnsafeBufferPointer { indices in
                if let base = values.baseAddress { copyImages(at: indices, to: base) }
            }
        }
        return values
    }
}

/// The embedded digits: all of a split, or its first images.
func digits(_ split: DatasetSplit = .train, first count: Int? = nil) throws -> any Dataset {
    let all = try DatasetSpecification("digits").load(defaultSplit: split)
    return count.map { Subset(base: all, count: $0) } ?? all
}

/// Images whose pixels all have one value, in classes that take turns.
func uniform(
    _ count: Int, pixel: Float = 0.5, shape: [Int] = [1, 8, 8], classes: Int = 10, name: String = "uniform"
) throws -> FloatImages {
    let size = shape.reduce(1, *)
    return try FloatImages(
        name: name,
        images: Tensor(shape: [count] + shape, elements: [Float](repeating: pixel, count: count * size)),
        labels: (0..<count).map { Int64($0 % classes) }, classCount: classes)
}

/// A data set that holds nothing: no reader makes one, but a program may.
struct NoImages: Dataset {
    var name: String { "nothing" }
    var imageShape: ImageShape { ImageShape(channels: 1, height: 8, width: 8) }
    var classCount: Int { 10 }
    var count: Int { 0 }
    var labels: [Int32] { [] }
    func copyImages(at indices: UnsafeBufferPointer<Int>, to destination: UnsafeMutablePointer<Float>) {}
}

/// Images whose pixels are infinite, of which no backend makes finite logits: no reader makes one, but a program may.
struct InfiniteImages: Dataset {
    let count: Int
    var name: String { "infinite" }
    var imageShape: ImageShape { ImageShape(channels: 1, height: 8, width: 8) }
    var classCount: Int { 10 }
    var labels: [Int32] { (0..<count).map { Int32($0 % classCount) } }
    func copyImages(at indices: UnsafeBufferPointer<Int>, to destination: UnsafeMutablePointer<Float>) {
        destination.update(repeating: .infinity, count: indices.count * imageShape.count)
    }
}

/// A folder that is removed when the last reference to it goes.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "slipstream-training-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func file(_ name: String) -> String { path + "/" + name }
}

/// The bytes of a file.
func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

/// The error that `body` throws, if it is of the given type.
func failure<Failure: Error, Result>(_ type: Failure.Type = Failure.self, _ body: () throws -> Result) -> Failure? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? Failure
    }
}
