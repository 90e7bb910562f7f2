import Graphs
import Testing

@Suite struct RecomputationTests {
    /// Convolutions with batch normalisation and ReLU between them.
    private static func graph(layers: Int) throws -> (Graph, loss: ValueID, activations: [ValueID]) {
        var graph = Graph(name: "chain")
        var value = graph.addInput("x", shape: [4, 3, 8, 8])
        var activations: [ValueID] = []
        for layer in 0..<layers {
            value = try graph.convolution(value, to: 3, name: "conv\(layer)")
            value = try graph.apply(Relu(), try graph.normalization(value, name: "norm\(layer)"))
            activations.append(value)
        }
        let loss = try graph.weightedSum(try graph.convolution(value, to: 3, name: "last"))
        return (graph, loss, activations)
    }

    @Test(arguments: TestedBackend.all)
    func activationsAreComputedAgainRatherThanKept(_ backend: TestedBackend) throws {
        let (graph, loss, activations) = try Self.graph(layers: 6)
        let kept = try PassRun(graph, loss: loss, pinning: activations)
        #expect(kept.count(of: "RepeatBatchNormalization") == 0)
        let run = try PassRun(graph, loss: loss, backends: backend.backends, workers: backend.workers)
        #expect(run.count(of: "RepeatBatchNormalization") == 6)
        #expect(run.error(against: kept) < 1e-12)
        let single = try PassRun(
            graph, loss: loss, backends: backend.backends, workers: backend.workers, as: Float.self)
        let singleKept = try PassRun(
            graph, loss: loss, pinning: activations, backends: backend.backends, workers: backend.workers,
            as: Float.self)
        // The same bits: what is computed again rounds as it did before.
        #expect(single.gradient == singleKept.gradient)
    }

    /// Six layers keep six operands of normalisations, not six results besides.
    @Test func theArenaShrinksByTheActivations() throws {
        let (graph, loss, activations) = try Self.graph(layers: 6)
        let bytes = 4 * 3 * 8 * 8 * MemoryLayout<Double>.stride
        let run = try PassRun(graph, loss: loss)
        let kept = try PassRun(graph, loss: loss, pinning: activations)
        #expect(run.arenaBytes <= kept.arenaBytes - 4 * bytes, "\(run.arenaBytes) of \(kept.arenaBytes)")
        #expect(run.arenaBytes < 11 * bytes)
    }

    /// It stands right before the first backward node that reads it, not earlier.
    @Test func aRepetitionStandsBeforeItsFirstReader() throws {
        let (graph, loss, _) = try Self.graph(layers: 3)
        let nodes = try PassRun(graph, loss: loss).nodes
        for (index, node) in nodes.enumerated() where node.operation is RepeatBatchNormalization {
            #expect(nodes[index + 1].inputs.contains(node.outputs[0]))
        }
    }

    /// Without a backward node that needs the operand, to keep the result is as good; so it is if the caller gets it.
    @Test func whatSavesNothingIsNotRepeated() throws {
        var graph = Graph(name: "last")
        let x = graph.addInput("x", shape: [4, 3, 8, 8])
        let y = try graph.normalization(try graph.convolution(x, to: 3, name: "conv"), name: "norm")
        let loss = try graph.weightedSum(y)
        #expect(try PassRun(graph, loss: loss).count(of: "RepeatBatchNormalization") == 0)
        let (chain, chainLoss, activations) = try Self.graph(layers: 2)
        let run = try PassRun(chain, loss: chainLoss, pinning: [activations[0]])
        #expect(run.count(of: "RepeatBatchNormalization") == 1)
    }
}
