import Buffers
import Graphs
import ONNXBridge
import Tensors
import Testing

/// Operators of a file that become several of the graph: their gradients, as a whole.
@Suite struct ComposedGradientTests {
    /// One of each composition, at its newest opset.
    static let labels = [
        "Conv-22|a volume", "Conv-22|a volume, groups, dilations", "Conv-22|a volume, SAME_UPPER",
        "ConvTranspose-22|a volume", "ConvTranspose-22|a volume, groups", "Einsum-12|...",
        "BatchNormalization-15|new statistics, attributes",
    ]

    @Test(arguments: labels) func gradientsEqualFiniteDifferences(label: String) throws {
        let golden = try #require(try OperatorGolden.all().first { $0.label == label })
        let model = try ImportedModel(ONNXModel(bytes: golden.model))
        var graph = model.graph
        // Statistics stand before the result that depends on what is trained.
        let y = try #require(graph.outputs.last)
        // Squares, so that every element of the result has a gradient of its own.
        let loss = try graph.apply(
            ReduceSum(keepsDimensions: false), try graph.apply(Mul(), y, y))
        graph.keepOutputs([loss])
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [golden.input.shape], mode: .training(loss: loss), as: Double.self)
        let input = try AlignedBuffer(golden.input.elements.map(Double.init))
        let theta = try AlignedBuffer(model.parameters.values.elements.map(Double.init))
        let gradient = try AlignedBuffer<Double>(count: theta.count)
        func run() -> Double {
            program.run(
                parameters: theta.pointer, gradients: gradient.pointer, inputs: [UnsafeRawPointer(input.pointer)])
            return program.output(0)[0]
        }
        _ = run()
        let found = Array(gradient.elements)
        let trained = model.parameters.layout.segments.filter(\.kind.isTrainable).reduce(0) { $0 + $1.count }
        #expect(trained > 4)
        let step = 1e-4
        let scale = found.reduce(0) { max($0, abs($1)) }
        #expect(scale > 0)
        for index in 0..<trained {
            let value = theta.pointer[index]
            theta.pointer[index] = value + step
            let above = run()
            theta.pointer[index] = value - step
            let below = run()
            theta.pointer[index] = value
            #expect(abs((above - below) / (2 * step) - found[index]) <= 1e-7 * scale, "parameter \(index)")
        }
    }
}
