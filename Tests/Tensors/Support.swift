import Foundation
import Tensors

/// A folder that is removed when the last reference to it goes.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "slipstream-tensors-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func file(_ name: String) -> String { path + "/" + name }

    func write(_ name: String, _ data: Data) throws -> String {
        try data.write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}

/// The path of a file that `Golden/generate.py` wrote.
func golden(_ name: String) -> String { Bundle.module.bundlePath + "/Golden/" + name }

func goldenData(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: golden(name))) }

/// The array that most golden files hold.
func goldenMatrix() throws -> Tensor<Float> {
    try Tensor(shape: [2, 3], elements: [-0.5, -0.25, 0, 0.25, 0.5, 0.75])
}

/// The error that `body` throws, if it is of the given type.
func failure<Failure: Error, Result>(_ type: Failure.Type, _ body: () throws -> Result) -> Failure? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? Failure
    }
}
