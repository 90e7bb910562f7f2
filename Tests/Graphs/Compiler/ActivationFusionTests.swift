import Graphs
import Testing

/// Convolution + bias + ReLU, batch normalisation + ReLU, sum + ReLU: one node each.
@Suite struct ActivationFusionTests {
    /// What stands before the ReLU.
    enum Producer: String, CaseIterable {
        case convolution, convolutionWithBias, convolutionAndAddition, normalization, sum, product
    }

    /// A producer on 2 x 3 x 5 x 4 images.
    private static func append(_ producer: Producer, to graph: inout Graph) throws -> ValueID {
        let x = graph.addInput("x", shape: [2, 3, 5, 4])
        switch producer {
        case .convolution: return try graph.convolution(x, to: 4, name: "conv")
        case .convolutionWithBias: return try graph.convolution(x, to: 4, name: "conv", bias: true)
        case .convolutionAndAddition:
            let y = try graph.convolution(x, to: 4, name: "conv")
            return try graph.apply(Add(), y, graph.addParameter("bias", shape: [4, 1, 1], kind: .bias))
        case .normalization: return try graph.normalization(x, name: "norm")
        case .sum: return try graph.apply(Add(), x, graph.addInput("y", shape: [2, 3, 5, 4]))
        case .product:
            let w = graph.addParameter("w", shape: [7, 60], kind: .weight)
            return try graph.apply(Gemm(transposeB: true), try graph.apply(Flatten(), x), w)
        }
    }

    @Test(arguments: Producer.allCases)
    func aReLUBecomesPartOfTheNodeBeforeIt(_ producer: Producer) throws {
        var graph = Graph(name: producer.rawValue)
        let y = try Self.append(producer, to: &graph)
        graph.addOutput(try graph.apply(Relu(), y))
        let plain = try PassRun(graph, pinning: [y])
        let fused = try PassRun(graph)
        #expect(plain.count(of: "Relu") == 1 && fused.count(of: "Relu") == 0, "\(fused.operations)")
        // Views and conversions of layout aside, one node is left.
        let computing = fused.operations.filter { !["Copy", "Flatten", "Reshape"].contains($0) }
        #expect(computing.count == 1, "\(fused.operations)")
        #expect(fused.error(against: plain) < 1e-12)
        #expect(plain.outputs[0].contains(0) && plain.outputs[0].contains { $0 > 0 })
        let single = try PassRun(graph, backends: fastBackends, as: Float.self)
        #expect(single.error(against: plain) < 1e-6)
    }

    @Test(arguments: Producer.allCases)
    func gradientsAreThoseOfTheParts(_ producer: Producer) throws {
        var graph = Graph(name: producer.rawValue)
        let y = try Self.append(producer, to: &graph)
        let relu = try graph.apply(Relu(), y)
        let factor = graph.addParameter("factor", shape: graph.type(of: y)?.shape ?? [], kind: .weight)
        let loss = try graph.weightedSum(try graph.apply(Mul(), relu, factor))
        let fused = try PassRun(graph, loss: loss)
        let plain = try PassRun(graph, loss: loss, pinning: [y])
        #expect(fused.count(of: "Relu") == 0 && plain.count(of: "Relu") == 1)
        #expect(fused.error(against: plain) < 1e-12)
    }

    @Test(arguments: Producer.allCases)
    func aValueThatIsReadTwiceOrWantedKeepsItsNode(_ producer: Producer) throws {
        var shared = Graph(name: producer.rawValue)
        let y = try Self.append(producer, to: &shared)
        shared.addOutput(try shared.apply(Mul(), y, try shared.apply(Relu(), y)))
        let run = try PassRun(shared)
        #expect(run.count(of: "Relu") == 1)
        #expect(run.error(against: try PassRun(shared, pinning: [y])) < 1e-12)

        var wanted = Graph(name: producer.rawValue)
        let z = try Self.append(producer, to: &wanted)
        wanted.addOutput(z)
        wanted.addOutput(try wanted.apply(Relu(), z))
        let outputs = try PassRun(wanted).outputs
        #expect(outputs[0].contains { $0 < 0 } && outputs[1] == outputs[0].map { max($0, 0) })
    }

    @Test func aNodeThatCannotApplyOneLeavesTheReLUAlone() throws {
        var graph = Graph(name: "pool")
        let x = graph.addInput("x", shape: [1, 2, 4, 4])
        let y = try graph.apply(MaxPool(window: Window(kernel: [2, 2])), x)
        graph.addOutput(try graph.apply(Relu(), try graph.apply(Relu(), y)))
        #expect(try PassRun(graph).count(of: "Relu") == 2)
    }
}
