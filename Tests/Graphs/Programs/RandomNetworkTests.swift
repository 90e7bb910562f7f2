import Buffers
import Graphs
import Tensors
import Testing

/// What the compiler does with memory, layouts and fusion changes no number.
@Suite struct RandomNetworkTests {
    private static let compiler = Compiler(backends: .reference, workers: .serial)

    private struct Setting {
        let theta: [Double]
        let x: [Double]
        let layout: ParameterLayout

        init(_ graph: Graph, seed: UInt64) throws {
            layout = try graph.parameterLayout()
            var random = Philox(seed: seed, stream: 1)
            theta = layout.segments.flatMap { segment in
                (0..<segment.count).map { _ in
                    segment.kind == .statistic ? 0.5 + random.uniform() : 0.5 * random.normal()
                }
            }
            x = (0..<Shape.count(RandomNetwork.shape)).map { _ in random.normal() }
        }

        /// Runs a program; returns its outputs and the gradient.
        func run<E: Scalar>(
            _ program: Program<E>, theta: [Double]
        ) throws -> (outputs: [[Double]], gradient: [Double]) {
            let parameters = try AlignedBuffer(theta.map { E($0) })
            let gradient = try AlignedBuffer<E>(count: layout.trainableCount)
            let input = try AlignedBuffer(x.map { E($0) })
            withExtendedLifetime((parameters, gradient, input)) {
                program.run(
                    parameters: parameters.pointer, gradients: gradient.pointer,
                    inputs: [UnsafeRawPointer(input.pointer)])
            }
            return (
                program.outputTypes.indices.map { program.output($0).map { Double($0) } },
                gradient.elements.map { Double($0) }
            )
        }
    }

    @Test(arguments: 0..<150, TestedBackend.all)
    func programsComputeWhatTheirNodesDo(seed: UInt64, backend: TestedBackend) throws {
        let network = try RandomNetwork(seed: seed, steps: 4 + Int(seed % 20))
        let setting = try Setting(network.graph, seed: seed)
        let specialized = try network.graph.specialized(inputShapes: [RandomNetwork.shape])
        let expected = try NodeByNode(
            specialized, inputs: [setting.x], parameters: setting.theta)
        func compare<E: Scalar>(_ precision: E.Type, tolerance: Double) throws {
            let program = try Compiler(backends: backend.backends, workers: backend.workers).compile(
                network.graph, inputShapes: [RandomNetwork.shape], mode: .inference, as: E.self)
            for round in 0..<2 {
                let outputs = try setting.run(program, theta: setting.theta).outputs
                for (index, id) in specialized.outputs.enumerated() {
                    #expect(
                        scaledError(outputs[index], try #require(expected.values[id])) <= tolerance,
                        "output \(index) of run \(round) in \(E.scalarName): \(program.kernelNames)")
                }
            }
        }
        try compare(Double.self, tolerance: 1e-10)
        try compare(Float.self, tolerance: 1e-4)
    }

    @Test(arguments: 0..<150, TestedBackend.all)
    func gradientsDoNotDependOnSharedMemory(seed: UInt64, backend: TestedBackend) throws {
        let network = try RandomNetwork(seed: seed, steps: 4 + Int(seed % 20))
        let loss = try #require(network.loss)
        let setting = try Setting(network.graph, seed: seed)
        let compiler = Compiler(backends: backend.backends, workers: backend.workers)
        let program = try compiler.compile(
            network.graph, inputShapes: [RandomNetwork.shape], mode: .training(loss: loss), as: Double.self)
        // Outputs survive a run, so here no forward value gives up its memory, and no activation can be fused.
        var pinned = network.graph
        for value in network.values { pinned.addOutput(value) }
        let reference = try Self.compiler.compile(
            pinned, inputShapes: [RandomNetwork.shape], mode: .training(loss: loss), as: Double.self)
        let result = try setting.run(program, theta: setting.theta)
        let expected = try setting.run(reference, theta: setting.theta)
        #expect(scaledError(result.gradient, expected.gradient) <= 1e-10, "\(program.kernelNames)")
        #expect(program.arenaBytes <= reference.arenaBytes)
        let single = try compiler.compile(
            network.graph, inputShapes: [RandomNetwork.shape], mode: .training(loss: loss), as: Float.self)
        let rounded = try setting.run(single, theta: setting.theta)
        #expect(scaledError(rounded.gradient, expected.gradient) <= 1e-3, "f32: \(single.kernelNames)")

        // Along one random direction, the loss itself says what the gradient should be.
        var random = Philox(seed: seed, stream: 2)
        let direction = setting.theta.indices.map { $0 < result.gradient.count ? random.normal() : 0 }
        let step = 1e-7
        let losses = try [-step, step].map { step in
            try setting.run(program, theta: zip(setting.theta, direction).map { $0 + step * $1 }).outputs[0][0]
        }
        let slope = zip(result.gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
        let scale = result.gradient.reduce(1) { max($0, abs($1)) }
        #expect(abs((losses[1] - losses[0]) / (2 * step) - slope) <= 1e-5 * scale, "\(program.kernelNames)")
    }
}
