import Buffers
import Graphs
import Tensors
import Testing

@Suite struct NormalizationFoldingTests {
    /// A convolution with batch normalisation behind it.
    private static func graph(bias: Bool, groups: Int = 1) throws -> (Graph, convolved: ValueID, ValueID) {
        var graph = Graph(name: "folding")
        let x = graph.addInput("x", shape: [2, 4, 5, 3])
        let y = try graph.convolution(x, to: 6, name: "conv", bias: bias, groups: groups)
        let normalized = try graph.normalization(y, name: "norm")
        return (graph, y, normalized)
    }

    @Test(arguments: [(false, 1), (true, 1), (true, 2)], [false, true])
    func theConvolutionTakesFiltersThatTheNormalizationIsIn(form: (bias: Bool, groups: Int), relu: Bool) throws {
        var (graph, convolved, y) = try Self.graph(bias: form.bias, groups: form.groups)
        graph.addOutput(relu ? try graph.apply(Relu(), y) : y)
        let plain = try PassRun(graph, pinning: [convolved])
        #expect(plain.count(of: "BatchNormalization") == 1 && plain.count(of: "FoldBatchNormalization") == 0)
        let folded = try PassRun(graph)
        #expect(folded.operations.filter { $0 != "Copy" } == ["FoldBatchNormalization", "Conv"])
        #expect(folded.error(against: plain) < 1e-12)
        #expect(try PassRun(graph, backends: fastBackends, as: Float.self).error(against: plain) < 1e-6)
    }

    /// The folded filters are kept while the caller says that the parameters are the same, and no longer.
    @Test(arguments: TestedBackend.all) func filtersAreFoldedAnewWhenParametersChange(_ backend: TestedBackend) throws {
        var (graph, _, y) = try Self.graph(bias: true)
        graph.addOutput(y)
        let shapes = [[2, 4, 5, 3]]
        let program = try Compiler(backends: backend.backends, workers: backend.workers).compile(
            graph, inputShapes: shapes, mode: .inference, as: Float.self)
        let operands = try RandomOperands<Float>(program.layout, shapes)
        func run(_ version: ParametersVersion?, _ theta: AlignedBuffer<Float>) -> [Float] {
            program.run(
                parameters: theta.pointer, inputs: operands.pointers, invocation: Invocation(parameters: version))
            return Array(program.output(0))
        }
        let (first, second) = (ParametersVersion(), ParametersVersion())
        let before = run(first, operands.theta)
        #expect(run(first, operands.theta) == before)
        let scale = try #require(program.layout["norm.scale"])
        let shift = try #require(program.layout["norm.shift"])
        for index in scale.range { operands.theta.pointer[index] *= 2 }
        for index in shift.range { operands.theta.pointer[index] *= 2 }
        let mean = try #require(program.layout["norm.mean"])
        // y = s (x - m) + b: with s and b twice as large, so is y.
        #expect(mean.count == 6)
        let doubled = before.map { 2 * $0 }
        #expect(run(first, operands.theta) == before)
        #expect(scaledError(run(second, operands.theta).map(Double.init), doubled.map(Double.init)) < 1e-5)
        #expect(run(nil, operands.theta) == run(second, operands.theta))
        // Another vector is another content, whatever the caller says.
        let other = try RandomOperands<Float>(program.layout, shapes, seed: 9).theta
        #expect(run(second, other) != run(nil, operands.theta))
        #expect(run(second, other) == run(nil, other))
    }

    @Test func foldedFiltersOutliveRunsOfOtherProgramsInTheArena() throws {
        var (graph, _, y) = try Self.graph(bias: false)
        graph.addOutput(y)
        let compiler = Compiler(backends: .reference, workers: .serial)
        let arena = Arena()
        let shapes = [[2, 4, 5, 3]]
        let program = try compiler.compile(graph, inputShapes: shapes, mode: .inference, arena: arena, as: Float.self)
        var noise = Graph(name: "noise")
        noise.addOutput(try noise.apply(Tanh(), noise.addInput("x", shape: [1 << 16])))
        let other = try compiler.compile(
            noise, inputShapes: [[1 << 16]], mode: .inference, arena: arena, as: Float.self)
        let operands = try RandomOperands<Float>(program.layout, shapes)
        let noiseOperands = try RandomOperands<Float>(other.layout, [[1 << 16]])
        defer { withExtendedLifetime((operands, noiseOperands)) {} }
        let version = Invocation(parameters: ParametersVersion())
        program.run(parameters: operands.theta.pointer, inputs: operands.pointers, invocation: version)
        let expected = Array(program.output(0))
        other.run(parameters: operands.theta.pointer, inputs: noiseOperands.pointers)
        program.run(parameters: operands.theta.pointer, inputs: operands.pointers, invocation: version)
        #expect(Array(program.output(0)) == expected)
    }

    @Test func aConvolutionThatIsReadTwiceOrWantedKeepsItsNormalization() throws {
        var (shared, convolved, y) = try Self.graph(bias: false)
        shared.addOutput(try shared.apply(Mul(), convolved, y))
        #expect(try PassRun(shared).count(of: "BatchNormalization") == 1)
        var (wanted, z, normalized) = try Self.graph(bias: false)
        wanted.addOutput(normalized)
        wanted.addOutput(z)
        #expect(try PassRun(wanted).count(of: "BatchNormalization") == 1)
    }

    @Test func statisticsThatDependOnDataAreNotFolded() throws {
        var graph = Graph(name: "data")
        let x = graph.addInput("x", shape: [2, 4, 5, 3])
        let operands = ["scale", "shift", "mean"].map { graph.addParameter($0, shape: [6], kind: .weight) }
        let variance = try graph.apply(Sigmoid(), graph.addInput("variance", shape: [6]))
        let y = try graph.convolution(x, to: 6, name: "conv")
        graph.addOutput(try graph.append(BatchNormalization(), inputs: [y] + operands + [variance])[0])
        #expect(try PassRun(graph).count(of: "FoldBatchNormalization") == 0)
    }

    @Test func trainingFoldsNothing() throws {
        var (graph, _, y) = try Self.graph(bias: false)
        let loss = try graph.weightedSum(y)
        #expect(try PassRun(graph, loss: loss).count(of: "FoldBatchNormalization") == 0)
    }
}
