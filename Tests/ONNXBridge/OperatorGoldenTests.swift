import Foundation
import ONNXBridge
import Tensors
import Testing

/// The models that `Golden/generate.py` wrote, and what ONNX Runtime computes with them.
struct OperatorGolden: Sendable {
    let label: String
    let model: [UInt8]
    let input: Tensor<Float>
    let outputs: [Tensor<Float>]

    /// The operator that the model is about, without opset and case.
    var operation: String { String(label.prefix { $0 != "-" }) }

    /// Whether an output is a statistic of a normalisation in training form, so that the file has no inference form.
    var readsStatistics: Bool { label.contains("new statistics") }

    static let path = Fixtures.root.appending(path: "Tests/ONNXBridge/Golden/operators.npz").path

    static func all() throws -> [OperatorGolden] {
        let file = try NPZ(contentsOf: path)
        guard case .uint8(let index) = try file.array("index"), case .uint8(let models) = try file.array("models")
        else {
            return []
        }
        let outputs = try file.array("outputs").float().elements
        let bytes = models.elements
        var (offset, position) = (0, 0)
        return try String(decoding: index.elements, as: UTF8.self).split(separator: "\n").map { line in
            let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            let size = try #require(Int(fields[2]))
            let results = try fields[4].split(separator: ";", omittingEmptySubsequences: false).map { text in
                let shape = text.split(separator: "x").compactMap { Int($0) }
                let start = position
                position += Shape.count(shape)
                return try Tensor(shape: shape, elements: Array(outputs[start..<position]))
            }
            defer { offset += size }
            return OperatorGolden(
                label: "\(fields[0])|\(fields[1])", model: Array(bytes[offset..<offset + size]),
                input: try file.array(fields[3]).float(), outputs: results)
        }
    }
}

/// Every operator at every opset that changed it: imported, compiled and run, against ONNX Runtime.
@Suite struct OperatorGoldenTests {
    @Test(arguments: Backends.names)
    func operatorsComputeWhatONNXRuntimeComputes(backend: String) throws {
        let cases = try OperatorGolden.all()
        #expect(cases.count > 1800)
        for golden in cases {
            do {
                let model = try ImportedModel(ONNXModel(bytes: golden.model))
                let results = try model.graph.outputs(
                    for: golden.input, parameters: model.parameters, backend: backend)
                #expect(results.count == golden.outputs.count, "\(golden.label)")
                for (found, expected) in zip(results, golden.outputs) {
                    #expect(found.shape == expected.shape, "\(golden.label)")
                    let error = scaledError(found.elements, expected.elements)
                    #expect(error <= 1e-5, "\(golden.label): scaled error \(error)")
                }
            } catch {
                Issue.record("\(golden.label): \(error)")
            }
        }
    }

    @Test func everyOperatorThatIsReadHasGoldenModels() throws {
        #expect(ImportedModel.operators.subtracting(try OperatorGolden.all().map(\.operation)).isEmpty)
    }
}
