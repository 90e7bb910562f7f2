import Buffers
import Graphs
import Testing
import Vectorized

/// A network that diverged must show it: no operator may turn NaN into a sound number.
@Suite struct NotANumberTests {
    static let operators: [any Operator] = [
        Relu(), LeakyRelu(), Sigmoid(), Tanh(), Clip(lower: -1, upper: 1), Softmax(axis: 1), LogSoftmax(axis: 1),
        MaxPool(window: Window(kernel: [2, 2])), AveragePool(window: Window(kernel: [2, 2])), GlobalAveragePool(),
        ReduceMean(), ReduceSum(), Scale(factor: 2), Identity(), Exp(), Log(), Sqrt(), Abs(), Neg(),
        Reciprocal(), Erf(), Floor(), Ceil(), Round(), Sign(), Elu(), Celu(), Selu(), HardSigmoid(), HardSwish(),
        Mish(),
        Softplus(), Softsign(), Silu(), Gelu(), Gelu(approximates: true), Max(), Min(),
    ]

    static let backends = [BackendList.reference, BackendList([VectorizedBackend()])]

    @Test(arguments: operators.indices, backends.indices)
    func operatorsKeepIt(_ index: Int, _ backend: Int) throws {
        var graph = Graph(name: "nan")
        let x = graph.addInput("x", dimensions: [1, 1, 2, 2].map { .fixed($0) })
        graph.addOutput(try graph.apply(Self.operators[index], x))
        let program = try Compiler(backends: Self.backends[backend], workers: .serial).compile(
            graph, inputShapes: [[1, 1, 2, 2]], mode: .inference, as: Float.self)
        for position in 0..<4 {
            let input = try AlignedBuffer<Float>([1, 2, 3, 4])
            input.pointer[position] = .nan
            let nothing = try AlignedBuffer<Float>(count: 1)
            defer { withExtendedLifetime((input, nothing)) {} }
            program.run(parameters: nothing.pointer, inputs: [UnsafeRawPointer(input.pointer)])
            #expect(program.output(0).contains { $0.isNaN }, "\(type(of: Self.operators[index]).name) at \(position)")
        }
    }

    @Test func theGradientOfAMaximumThatIsNoNumberReachesIt() throws {
        var graph = Graph(name: "nan")
        let x = graph.addParameter("x", shape: [1, 1, 2, 2], kind: .weight)
        let y = try graph.apply(MaxPool(window: Window(kernel: [2, 2])), x)
        let loss = try graph.apply(ReduceSum(keepsDimensions: false), y)
        graph.addOutput(loss)
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [], mode: .training(loss: loss), as: Float.self)
        let theta = try AlignedBuffer<Float>([1, .nan, 3, 4])
        let gradient = try AlignedBuffer<Float>(count: 4)
        defer { withExtendedLifetime(theta) {} }
        program.run(parameters: theta.pointer, gradients: gradient.pointer, inputs: [])
        #expect(Array(gradient.elements) == [0, 1, 0, 0])
    }
}
