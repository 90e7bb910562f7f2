import Foundation
import ONNXBridge

/// The ONNX files that `Tests/Fixtures/ONNX/generate.py` wrote.
enum Fixtures {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder = root.appending(path: "Tests/Fixtures/ONNX").path

    static let smallCNN = [
        "small-cnn.torchscript-11", "small-cnn.torchscript-13", "small-cnn.torchscript-17", "small-cnn.dynamo-18",
        "small-cnn.dynamo-20",
    ]
    static let residual = [
        "residual.torchscript-11", "residual.torchscript-13", "residual.torchscript-17",
        "residual.dynamo-18-unoptimized", "residual.dynamo-20-unoptimized",
    ]
    static let all =
        smallCNN + residual + [
            "residual.dynamo-20-folded", "fresh-residual.torchscript-17", "dropout.torchscript-11",
            "dropout.torchscript-17", "dropout.dynamo-20", "encodings",
        ]

    static func path(_ name: String) -> String { "\(folder)/\(name).onnx" }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(name))))
    }

    static func model(_ name: String) throws -> ONNXModel { try ONNXModel(path: path(name)) }
}

/// A new, empty folder, removed with its contents after `body`.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "slipstream-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
}

/// The ONNX error that `body` throws, if it throws one.
func fault(_ body: () throws -> Void) -> ONNXError? {
    do {
        try body()
        return nil
    } catch { return error as? ONNXError }
}
