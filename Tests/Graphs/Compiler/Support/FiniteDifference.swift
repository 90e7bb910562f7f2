import Buffers
import Graphs
import Tensors

/// The slope of a loss along one random direction of the parameters, from the loss itself.
struct FiniteDifference {
    /// The slope.
    let measured: Double
    /// The size of what it is a difference of, over the step.
    let scale: Double
    private let direction: [Double]

    init(_ graph: Graph, loss: ValueID) throws {
        let shapes = graph.inputs.map { graph.type(of: $0)?.shape ?? [] }
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: shapes, mode: .training(loss: loss), as: Double.self)
        let operands = try RandomOperands<Double>(program.layout, shapes)
        let gradients = try AlignedBuffer<Double>(count: program.layout.trainableCount)
        var random = Philox(seed: 12)
        let direction = (0..<gradients.count).map { _ in random.normal() }
        let step = 1e-6
        let losses = [-step, step].map { step in
            for index in direction.indices { operands.theta.pointer[index] += step * direction[index] }
            program.run(parameters: operands.theta.pointer, gradients: gradients.pointer, inputs: operands.pointers)
            for index in direction.indices { operands.theta.pointer[index] -= step * direction[index] }
            return program.output(0)[0]
        }
        measured = (losses[1] - losses[0]) / (2 * step)
        scale = max(1, abs(measured), abs(losses[0]))
        self.direction = direction
    }

    /// What a gradient says of the slope.
    func slope(of gradient: [Double]) -> Double { zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 } }
}
