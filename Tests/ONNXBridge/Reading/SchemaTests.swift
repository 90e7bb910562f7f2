import Foundation
import Testing

@Suite("Schema")
struct SchemaTests {
    /// The version of protoc-c that the committed code was generated with; others write other text.
    static let generator = "1.4.1"

    private static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? text : ""
    }

    private static let hasGenerator = (try? run(["protoc-c", "--version"]))?.contains(generator) == true

    @Test(.enabled(if: hasGenerator, "needs protoc-c \(generator): apt-get install protobuf-c-compiler"))
    func theCommittedCodeIsWhatTheSchemaGenerates() throws {
        let module = Fixtures.root.appending(path: "Modules/CONNXProto").path
        try withTemporaryFolder { folder in
            _ = try Self.run(["protoc-c", "--proto_path=\(module)", "--c_out=\(folder)", "\(module)/onnx.proto"])
            for (new, committed) in [("onnx.pb-c.c", "onnx.pb-c.c"), ("onnx.pb-c.h", "include/onnx.pb-c.h")] {
                let generated = try Data(contentsOf: URL(filePath: "\(folder)/\(new)"))
                #expect(try generated == Data(contentsOf: URL(filePath: "\(module)/\(committed)")), "\(committed)")
            }
        }
    }
}
