#if OneDNN
    import Buffers
    import CSignals
    import Graphs
    import OneDNN
    import Testing

    /// Programs have signal handlers; oneDNN computes with its stack pointer in memory of the heap.
    @Suite struct SignalTests {
        @Test func noSignalHandlerRunsOnMemoryThatIsNoStack() throws {
            var graph = Graph(name: "layers")
            let x = graph.addInput("x", shape: [32, 128])
            let weight = graph.addInput("w", shape: [64, 128])
            let hidden = try graph.apply(Gemm(transposeB: true), x, weight)
            graph.addOutput(try graph.apply(Gemm(transposeA: true), hidden, x))
            let compiler = Compiler(backends: BackendList([OneDNNBackend()]), workers: .serial)
            let program = try compiler.compile(
                graph, inputShapes: [[32, 128], [64, 128]], mode: .inference, as: Float.self)
            let operands = try [AlignedBuffer<Float>(count: 32 * 128), AlignedBuffer<Float>(count: 64 * 128)]
            let none = try AlignedBuffer<Float>(count: 1)
            try #require(signals_begin(20))
            for _ in 0..<20_000 {
                withExtendedLifetime((operands, none)) {
                    program.run(parameters: none.pointer, inputs: operands.map { UnsafeRawPointer($0.pointer) })
                }
            }
            let seen = signals_end()
            #expect(seen.signals > 100)
            #expect(seen.elsewhere == 0, "of \(seen.signals) signals")
        }
    }
#endif
