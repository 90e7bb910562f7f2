import Buffers
import Graphs
import Tensors
import Testing

@Suite struct ArenaTests {
    /// Runs a program on given images and returns its results.
    private static func run(_ program: Program<Float>, _ x: AlignedBuffer<Float>, _ theta: AlignedBuffer<Float>) throws
        -> [[Float]]
    {
        let rows = program.graph.type(of: program.graph.inputs[0])?.shape[0] ?? 0
        let labels = try AlignedBuffer<Int32>((0..<rows).map { Int32($0 % 3) })
        let gradient = try AlignedBuffer<Float>(count: program.layout.trainableCount)
        defer { withExtendedLifetime(labels) {} }
        program.run(
            parameters: theta.pointer, gradients: gradient.pointer,
            inputs: [UnsafeRawPointer(x.pointer), UnsafeRawPointer(labels.pointer)])
        return [Array(program.output(0)), Array(program.output(1)), Array(gradient.elements)]
    }

    /// Programs of several sizes in turn, the largest neither first nor last.
    @Test func programsThatTakeTurnsInOneArenaComputeWhatTheyComputeAlone() throws {
        let (graph, loss) = try CompilerTests.network()
        let compiler = Compiler(backends: fastBackends, workers: Workers(2))
        var random = Philox(seed: 8)
        let x = try AlignedBuffer((0..<9 * 50).map { _ in Float(random.normal()) })
        let arena = Arena()
        #expect(arena.bytes == 0)
        let sizes = [(2, true), (9, false), (9, true), (4, true), (9, false)]
        var shared: [Program<Float>] = []
        var alone: [Program<Float>] = []
        for (batch, isTraining) in sizes {
            let (shapes, mode) = (
                [[batch, 2, 5, 5], [batch]], isTraining ? ExecutionMode.training(loss: loss) : .inference
            )
            shared.append(try compiler.compile(graph, inputShapes: shapes, mode: mode, arena: arena, as: Float.self))
            alone.append(try compiler.compile(graph, inputShapes: shapes, mode: mode, as: Float.self))
        }
        #expect(arena.bytes == shared.map(\.arenaBytes).max())
        let theta = try AlignedBuffer((0..<shared[0].layout.count).map { _ in Float(0.3 * random.normal()) })
        for round in 0..<2 {
            for (index, program) in shared.enumerated() {
                let expected = try Self.run(alone[index], x, theta)
                #expect(try Self.run(program, x, theta) == expected, "program \(index), round \(round)")
            }
        }
    }

    @Test func resultsStayReadableWhenTheArenaGrows() throws {
        let (graph, loss) = try CompilerTests.network()
        let cache = ProgramCache<Float>(graph, compiler: Compiler(backends: fastBackends, workers: .serial))
        let mode = ExecutionMode.training(loss: loss)
        let small = try cache.program(inputShapes: [[1, 2, 5, 5], [1]], mode: mode)
        let x = try AlignedBuffer((0..<50).map { Float($0) / 50 })
        let theta = try AlignedBuffer((0..<small.layout.count).map { Float($0 % 7) / 10 })
        let results = try Self.run(small, x, theta)
        let before = cache.arena.bytes
        _ = try cache.program(inputShapes: [[64, 2, 5, 5], [64]], mode: mode)
        #expect(cache.arena.bytes > before)
        #expect(Array(small.output(0)) == results[0] && Array(small.output(1)) == results[1])
        #expect(try Self.run(small, x, theta) == results)
    }
}
