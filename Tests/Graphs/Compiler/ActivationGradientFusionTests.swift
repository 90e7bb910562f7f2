import Graphs
import Testing

@Suite struct ActivationGradientFusionTests {
    /// Batch normalisation, perhaps with something added, and a ReLU that `readers` nodes read.
    private static func graph(adding: Bool, readers: Int) throws -> (Graph, loss: ValueID, values: [ValueID]) {
        var graph = Graph(name: "network")
        let x = graph.addInput("x", shape: [3, 2, 4, 5])
        let y = try graph.normalization(try graph.convolution(x, to: 4, name: "conv"), name: "norm")
        let sum = adding ? try graph.apply(Add(), y, graph.addInput("skip", shape: [3, 4, 4, 5])) : y
        let relu = try graph.apply(Relu(), sum)
        var result = try graph.convolution(relu, to: 4, name: "first")
        for reader in 1..<readers {
            result = try graph.apply(Mul(), result, try graph.convolution(relu, to: 4, name: "further\(reader)"))
        }
        let loss = try graph.weightedSum(result)
        return (graph, loss, adding ? [y, sum, relu] : [y, relu])
    }

    private static func masks(_ run: PassRun) -> [BatchNormalizationGradient.Mask] {
        run.nodes.compactMap { ($0.operation as? BatchNormalizationGradient)?.mask }
    }

    @Test(arguments: [1, 2, 3]) func theNormalizationsGradientTakesTheReLUs(readers: Int) throws {
        let (graph, loss, values) = try Self.graph(adding: false, readers: readers)
        let plain = try PassRun(graph, loss: loss, pinning: values)
        #expect(plain.count(of: "Relu") == 1)
        let fused = try PassRun(graph, loss: loss)
        #expect(fused.count(of: "ReluGradient") == 0)
        // The ReLU was the normalisation's own, so its result is not read.
        #expect(Self.masks(fused) == [.recomputedResult])
        #expect(fused.error(against: plain) < 1e-12)
        #expect(try PassRun(graph, loss: loss, backends: fastBackends, as: Float.self).error(against: plain) < 1e-5)
    }

    /// Behind a sum, where the ReLU is positive does not follow from the normalisation's operand.
    @Test func theMaskOfASumIsReadFromTheSum() throws {
        let (graph, loss, values) = try Self.graph(adding: true, readers: 1)
        let fused = try PassRun(graph, loss: loss)
        #expect(fused.count(of: "ReluGradient") == 0)
        #expect(Self.masks(fused) == [.result])
        let plain = try PassRun(graph, loss: loss, pinning: values)
        #expect(fused.error(against: plain) < 1e-12)
        #expect(try PassRun(graph, loss: loss, backends: fastBackends, as: Float.self).error(against: plain) < 1e-5)
    }

    /// A skip connection's gradient is the ReLU's, too, so that has to stay a value of its own.
    @Test func aGradientThatTwoNodesReadStays() throws {
        var graph = Graph(name: "residual")
        let x = graph.addInput("x", shape: [3, 2, 4, 5])
        let skip = try graph.convolution(x, to: 4, name: "skip")
        let y = try graph.normalization(try graph.convolution(skip, to: 4, name: "conv"), name: "norm")
        let sum = try graph.apply(Add(), y, skip)
        let loss = try graph.weightedSum(try graph.convolution(try graph.apply(Relu(), sum), to: 2, name: "last"))
        let run = try PassRun(graph, loss: loss)
        #expect(run.count(of: "ReluGradient") == 1)
        #expect(Self.masks(run) == [.none])
        #expect(run.error(against: try PassRun(graph, loss: loss, pinning: [skip, y, sum])) < 1e-12)
    }
}
