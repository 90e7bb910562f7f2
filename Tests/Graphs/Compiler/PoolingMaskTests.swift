import Graphs
import Testing

@Suite struct PoolingMaskTests {
    /// A convolution, a ReLU that `readers` nodes read, and a max-pooling of it.
    private static func graph(_ window: Window, readers: Int = 1) throws -> (Graph, loss: ValueID, relu: ValueID) {
        var graph = Graph(name: "network")
        let x = graph.addInput("x", shape: [3, 2, 7, 8])
        let relu = try graph.apply(Relu(), try graph.convolution(x, to: 4, name: "conv", bias: true))
        var result = try graph.apply(GlobalAveragePool(), try graph.apply(MaxPool(window: window), relu))
        for _ in 1..<readers { result = try graph.apply(Mul(), result, try graph.apply(GlobalAveragePool(), relu)) }
        let loss = try graph.weightedSum(result)
        return (graph, loss, relu)
    }

    private static let disjoint = Window(kernel: [2, 3], strides: [2, 3])

    @Test(arguments: [disjoint, Window(kernel: [3, 3], strides: [2, 2], padding: .all(1))])
    func thePoolingsGradientTakesTheReLUs(window: Window) throws {
        let (graph, loss, relu) = try Self.graph(window)
        let fused = try PassRun(graph, loss: loss)
        #expect(fused.count(of: "ReluGradient") == 0)
        #expect(fused.nodes.compactMap { ($0.operation as? MaxPoolGradient)?.activation } == [.relu])
        // A graph whose ReLU stands after the pooling computes the same, and has nothing to merge.
        #expect(fused.error(against: try PassRun(graph, loss: loss, pinning: [relu])) < 1e-12)
        let unfused = try Self.pooledFirst(window)
        let separate = try PassRun(unfused.graph, loss: unfused.loss)
        #expect(separate.count(of: "ReluGradient") == 1)
        #expect(fused.error(against: separate) < 1e-12)
        // Positive and negative summands nearly cancel in the loss.
        #expect(try PassRun(graph, loss: loss, backends: fastBackends, as: Float.self).error(against: fused) < 1e-4)
    }

    /// max(relu(x)) = relu(max(x)).
    private static func pooledFirst(_ window: Window) throws -> (graph: Graph, loss: ValueID) {
        var graph = Graph(name: "network")
        let x = graph.addInput("x", shape: [3, 2, 7, 8])
        let y = try graph.convolution(x, to: 4, name: "conv", bias: true)
        let relu = try graph.apply(Relu(), try graph.apply(MaxPool(window: window), y))
        let loss = try graph.weightedSum(try graph.apply(GlobalAveragePool(), relu))
        return (graph, loss)
    }

    @Test func aGradientWithFurtherSummandsStays() throws {
        let (graph, loss, _) = try Self.graph(Self.disjoint, readers: 2)
        let run = try PassRun(graph, loss: loss)
        #expect(run.count(of: "ReluGradient") == 1)
        #expect(run.nodes.compactMap { ($0.operation as? MaxPoolGradient)?.activation } == [.identity])
    }

    @Test func aDisjointPoolingsGradientLiesWhereItsImageLay() throws {
        let (graph, loss, _) = try Self.graph(Window(kernel: [2, 2], strides: [2, 2]))
        let (other, otherLoss, _) = try Self.graph(Window(kernel: [2, 2], strides: [1, 1]))
        let image = 3 * 4 * 7 * 8 * 8
        let saved = try PassRun(other, loss: otherLoss).arenaBytes - PassRun(graph, loss: loss).arenaBytes
        #expect(saved >= image)
    }
}
