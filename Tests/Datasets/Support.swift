import Buffers
import Datasets
import Foundation
import Tensors

/// A folder that is removed when the last reference to it goes.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "slipstream-datasets-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}

/// The folder of what `Golden/generate.py` wrote.
let goldenFolder = Bundle.module.bundlePath + "/Golden"

/// The error that `body` throws, if it is of the given type.
func failure<Failure: Error, Result>(_ type: Failure.Type, _ body: () throws -> Result) -> Failure? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? Failure
    }
}

func load(_ text: String, _ split: DatasetSplit = .train) throws -> any Dataset {
    try DatasetSpecification(text).load(defaultSplit: split)
}

extension Dataset {
    /// The values of some images.
    func values(_ indices: [Int]) -> [Float] {
        var values = [Float](repeating: .nan, count: indices.count * imageShape.count)
        values.withUnsafeMutableBufferPointer { values in
            indices.withUnsafeBufferPointer { indices in
                if let base = values.baseAddress { copyImages(at: indices, to: base) }
            }
        }
        return values
    }
}

/// The bytes of an IDX file.
func idx(_ sizes: [Int], _ elements: [UInt8], magic: [UInt8]? = nil) -> [UInt8] {
    let header = sizes.flatMap { size in (0..<4).reversed().map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } }
    return (magic ?? [0, 0, 8, UInt8(sizes.count)]) + header + elements
}

/// Images of 1 x 1 x 2 that are their own index: both pixels of image `i` are `i`, its label is `i % 10`.
func numbered(_ count: Int) throws -> FloatImages {
    let images = try Tensor(shape: [count, 1, 1, 2], elements: (0..<2 * count).map { Float($0 / 2) })
    return try FloatImages(name: "numbered", images: images, labels: (0..<count).map { Int64($0 % 10) })
}

/// Where the large data sets are: `SLIPSTREAM_DATA`, else `../shared/data` beside the checkout.
let sharedData: String? = {
    let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data").path
    let path = ProcessInfo.processInfo.environment["SLIPSTREAM_DATA"] ?? beside
    return FileManager.default.fileExists(atPath: path) ? path : nil
}()
