import Graphs
import OpenBLAS
import Testing
import Vectorized

@Suite struct ProgramPlanTests {
    @Test func theFirstLayersOfANetworkAreListedAsTheyRun() throws {
        var graph = Graph(name: "plan")
        let x = graph.addInput("x", shape: [2, 3, 8, 8])
        let y = try graph.normalization(try graph.convolution(x, to: 4, name: "conv"), name: "norm")
        let flat = try graph.apply(Flatten(), try graph.apply(GlobalAveragePool(), try graph.apply(Relu(), y)))
        graph.addOutput(flat)
        let program = try Compiler(backends: fastBackends, workers: .serial).compile(
            graph, inputShapes: [[2, 3, 8, 8]], mode: .inference, as: Float.self)
        let nodes = program.plan.nodes
        #expect(
            nodes.map(\.operation) == [
                "FoldBatchNormalization", "Copy", "Conv", "GlobalAveragePool", "Copy", "Flatten",
            ])
        #expect(nodes.map(\.runsOnce) == [true, false, false, false, false, false])
        #expect(nodes.map(\.activation) == [.identity, .identity, .relu, .identity, .identity, .identity])
        #expect(nodes[2].kernel == "openblas.convolution")
        #expect(nodes[2].shape == [2, 4, 8, 8] && nodes[2].bytes == 2 * 4 * 8 * 8 * 4)
        #expect(nodes[2].layout == .channelsLast && nodes[5].layout == .rowMajor)
        // One pixel is the same bytes in both orders, and so is its flat form.
        #expect(nodes.suffix(2).allSatisfy { $0.memory == .view && $0.kernel == nil })
        #expect(nodes[0].bytes == (4 * 3 * 9 + 4) * 4)
        #expect(program.plan.nodesByBackend == ["openblas": 1, "vectorized": 3])
        #expect(program.retainedBytes >= nodes[0].bytes)
    }

    @Test func everyKernelAndEveryGradientIsInThePlan() throws {
        let (graph, loss, shapes) = try AllocationTests.network()
        let program = try Compiler(backends: fastBackends, workers: .serial).compile(
            graph, inputShapes: shapes, mode: .training(loss: loss), as: Float.self)
        let plan = program.plan
        #expect(plan.nodes.compactMap(\.kernel) == program.kernelNames)
        #expect(plan.nodes.count == program.graph.nodes.count)
        #expect(plan.nodesByBackend.values.reduce(0, +) == program.kernelNames.count)
        // dw of each of the layers; other gradients are second results.
        let gradients = plan.nodes.filter { $0.memory == .gradient }
        #expect(gradients.count(where: { $0.operation == "ConvWeightGradient" }) == 3)
        #expect(plan.nodes.allSatisfy { !$0.runsOnce })
        #expect(program.arenaBytes < program.unsharedBytes)
        let own = plan.nodes.filter { $0.memory != .gradient }.map(\.bytes)
        #expect(own.max() ?? .max <= program.arenaBytes)
    }
}
