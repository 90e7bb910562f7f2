import Graphs
import Testing

@Suite struct ArenaPlanTests {
    /// A chain of convolutions, which cannot run in place: two blocks take turns.
    @Test func blocksWhoseLivesDoNotOverlapShareMemory() throws {
        var graph = Graph(name: "chain")
        var value = graph.addInput("x", shape: [2, 4, 16, 16])
        for layer in 0..<8 { value = try graph.convolution(value, to: 4, name: "conv\(layer)") }
        graph.addOutput(value)
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [[2, 4, 16, 16]], mode: .inference, as: Float.self)
        let bytes = 2 * 4 * 16 * 16 * MemoryLayout<Float>.stride
        #expect(program.arenaBytes == 2 * bytes)
        // Eight results and two changes of layout.
        #expect(program.unsharedBytes == 10 * bytes)
    }

    @Test func valuesThatAreNeededAtOnceDoNotShare() throws {
        var graph = Graph(name: "fan")
        let x = graph.addInput("x", shape: [1000])
        let branches = try (1...6).map { try graph.apply(Scale(factor: Double($0)), x) }
        graph.addOutput(try graph.apply(Concat(axis: 0), branches))
        let run = try PassRun(graph)
        #expect(run.arenaBytes >= 12 * 1000 * MemoryLayout<Double>.stride)
        #expect(try run.error(against: PassRun(graph, pinning: branches)) == 0)
    }

    /// A thousand nodes and their gradients: planning must not be what a user waits for.
    @Test func aLongNetworkIsPlannedAndStaysRight() throws {
        var graph = Graph(name: "long")
        var value = graph.addInput("x", shape: [2, 8])
        for layer in 0..<500 {
            let scaled = try graph.apply(Mul(), value, graph.addParameter("p\(layer)", shape: [8], kind: .weight))
            value = try graph.apply(Tanh(), try graph.apply(Add(), scaled, value))
        }
        let loss = try graph.weightedSum(value)
        let run = try PassRun(graph, loss: loss)
        #expect(run.operations.count > 2500)
        let difference = try FiniteDifference(graph, loss: loss)
        #expect(abs(difference.slope(of: run.gradient) - difference.measured) < 1e-5 * difference.scale)
    }
}

extension Graph {
    fileprivate mutating func apply(_ operation: any Operator, _ inputs: [ValueID]) throws -> ValueID {
        try append(operation, inputs: inputs)[0]
    }
}
