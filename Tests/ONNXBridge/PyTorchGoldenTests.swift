import Buffers
import Graphs
import ONNXBridge
import Tensors
import Testing

/// What PyTorch computed with the networks that it exported: the importer and the engine must compute the same.
@Suite struct PyTorchGoldenTests {
    /// A fixture with a golden file, on one list of backends.
    struct Case: Sendable, CustomTestStringConvertible {
        let model: String
        let backend: String

        var golden: String { String(model.prefix { $0 != "." }) }
        var testDescription: String { "\(model) on \(backend)" }
    }

    static let models = [
        "small-cnn.torchscript-11", "small-cnn.torchscript-13", "small-cnn.torchscript-17", "small-cnn.dynamo-18",
        "small-cnn.dynamo-20", "residual.torchscript-11", "residual.torchscript-13", "residual.torchscript-17",
        "residual.dynamo-18-unoptimized", "residual.dynamo-20-unoptimized", "fresh-residual.torchscript-17",
    ]
    static let cases = models.flatMap { model in
        Backends.names.map { Case(model: model, backend: $0) }
    }

    @Test(arguments: cases)
    func logitsOfTheImportedNetworkAreThoseOfPyTorch(_ test: Case) throws {
        let model = try ImportedModel(path: Fixtures.path(test.model))
        let golden = try Safetensors(contentsOf: "\(Fixtures.folder)/\(test.golden).golden.safetensors")
        let images: Tensor<Float> = try golden.tensor("input")
        let expected: Tensor<Float> = try golden.tensor("eval.logits")
        let logits = try model.graph.outputs(for: images, parameters: model.parameters, backend: test.backend)
        let error = scaledError(logits[0].elements, expected.elements)
        #expect(error <= 1e-4, "scaled error \(error)")
    }

    @Test(arguments: cases)
    func lossGradientsAndStatisticsOfAStepAreThoseOfPyTorch(_ test: Case) throws {
        let model = try ImportedModel(path: Fixtures.path(test.model))
        let golden = try Safetensors(contentsOf: "\(Fixtures.folder)/\(test.golden).golden.safetensors")
        let images: Tensor<Float> = try golden.tensor("input")
        let classes: Tensor<Int64> = try golden.tensor("labels")
        let labels = try AlignedBuffer(classes.elements.map { Int32($0) })
        var graph = model.graph
        let logits = graph.outputs[0]
        graph.keepOutputs([logits])
        let labelInput = graph.addInput("labels", dimensions: [.symbolic("N")], kind: .integer)
        let loss = try graph.append(SoftmaxCrossEntropy(), inputs: [logits, labelInput])[0]
        graph.addOutput(loss)
        let program = try Compiler(backends: Backends.named(test.backend), workers: Workers(2)).compile(
            graph, inputShapes: [images.shape, [labels.count]], mode: .training(loss: loss), as: Float.self)
        let layout = model.parameters.layout
        let gradients = try AlignedBuffer<Float>(count: layout.trainableCount)
        defer { withExtendedLifetime(labels) {} }
        images.withElements { elements in
            program.run(
                parameters: model.parameters.values.pointer, gradients: gradients.pointer,
                inputs: [UnsafeRawPointer(elements.baseAddress!), UnsafeRawPointer(labels.pointer)])
        }
        let expectedLoss: Tensor<Float> = try golden.tensor("train.loss")
        #expect(abs(program.output(1)[0] - expectedLoss.elements[0]) <= 1e-4 * expectedLoss.elements[0])

        let names = golden.entries.filter { $0.name.hasPrefix("gradient.") }.map { $0.name.dropFirst(9) }
        #expect(Set(names.map(String.init)) == Set(layout.segments.filter(\.kind.isTrainable).map(\.name)))
        for segment in layout.segments {
            if segment.kind.isTrainable {
                let expected: Tensor<Float> = try golden.tensor("gradient.\(segment.name)")
                let error = scaledError(gradients.elements[segment.range], expected.elements)
                #expect(error <= 1e-4, "gradient of \(segment.name): scaled error \(error)")
            } else {
                let expected: Tensor<Float> = try golden.tensor("updated.\(segment.name)")
                let error = scaledError(model.parameters[segment], expected.elements)
                #expect(error <= 1e-4, "\(segment.name): scaled error \(error)")
            }
        }
    }
}
