import Graphs
import Tensors
import Testing

/// Images whose channels stand last are channels-last images: exchanging the dimensions moves nothing.
@Suite struct TransposedViewTests {
    /// A convolution between two transpositions, as TensorFlow's exporters write it.
    @Test(arguments: [[2, 5, 4, 3], [1, 1, 1, 7], [3, 1, 6, 2]])
    func nothingIsMovedAroundAConvolution(shape: [Int]) throws {
        var graph = Graph(name: "transposed")
        let x = graph.addInput("x", shape: shape)
        let images = try graph.apply(Transpose(permutation: [0, 3, 1, 2]), x)
        let y = try graph.convolution(images, to: 4, name: "conv")
        graph.addOutput(try graph.apply(Transpose(permutation: [0, 2, 3, 1]), y))
        let program = try Compiler(backends: fastBackends, workers: .serial).compile(
            graph, inputShapes: [shape], mode: .inference, as: Float.self)
        let moves = program.kernelNames.filter { $0.contains("transpose") || $0.contains("to_") }
        #expect(moves.isEmpty, "\(program.kernelNames)")
        let run = try PassRun(graph, backends: fastBackends, as: Float.self)
        #expect(run.error(against: try PassRun(graph)) < 1e-5)
    }

    /// Every element is where the order of the dimensions says, on every backend; so is its gradient.
    @Test(arguments: [
        [0, 1, 2, 3], [0, 2, 3, 1], [0, 3, 1, 2], [1, 0, 2, 3], [3, 2, 1, 0], [0, 1, 3, 2], [2, 3, 0, 1],
    ])
    func everyElementIsInItsPlace(order: [Int]) throws {
        for shape in [[2, 3, 5, 4], [2, 1, 5, 4], [2, 3, 1, 1], [1, 3, 1, 4]] {
            var graph = Graph(name: "order")
            let x = try graph.convolution(graph.addInput("x", shape: shape), to: shape[1], name: "conv")
            let y = try graph.apply(Transpose(permutation: order), x)
            let loss = try graph.weightedSum(try graph.apply(Tanh(), y))
            graph.addOutput(x)
            graph.addOutput(y)
            for backends in [BackendList.reference, fastBackends] {
                let run = try PassRun(graph, loss: loss, backends: backends)
                let (images, exchanged) = (run.outputs[run.outputs.count - 2], run.outputs[run.outputs.count - 1])
                let strides = order.map { Shape.rowMajorStrides(shape)[$0] }
                var place = 0
                TensorView<Double>.forEachIndex(of: order.map { shape[$0] }) { index in
                    let source = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
                    #expect(exchanged[place] == images[source], "\(order) of \(shape) at \(index)")
                    place += 1
                }
                let slope = try FiniteDifference(graph, loss: loss)
                #expect(abs(slope.slope(of: run.gradient) - slope.measured) < 1e-6 * slope.scale, "\(order)")
            }
        }
    }
}
