import Graphs
import Tensors
import Testing

@Suite struct ShuffleRecognitionTests {
    private static func graph(groups: Int, order: [Int] = [0, 2, 1, 3, 4]) throws -> (Graph, ValueID) {
        var graph = Graph(name: "shuffle")
        let x = try graph.convolution(graph.addInput("x", shape: [2, 3, 5, 4]), to: 12, name: "first")
        let grouped = try graph.apply(
            Reshape(), x, graph.addConstant(.integers([2, groups, 12 / groups, 5, 4])))
        let exchanged = try graph.apply(Transpose(permutation: order), grouped)
        let y = try graph.apply(Reshape(), exchanged, graph.addConstant(.integers([2, 12, 5, 4])))
        let result = try graph.convolution(y, to: 4, name: "second", groups: 2)
        return (graph, result)
    }

    @Test(arguments: [2, 3, 12]) func threeNodesAreOneThatNeedsNoOtherOrder(groups: Int) throws {
        var (graph, y) = try Self.graph(groups: groups)
        let loss = try graph.weightedSum(y)
        let run = try PassRun(graph, loss: loss)
        #expect(run.count(of: "ShuffleChannels") == 2 && run.count(of: "Transpose") == 0, "\(run.operations)")
        let slope = try FiniteDifference(graph, loss: loss)
        #expect(abs(slope.slope(of: run.gradient) - slope.measured) < 1e-6 * slope.scale)
        let single = try PassRun(graph, loss: loss, backends: fastBackends, as: Float.self)
        #expect(single.error(against: run) < 1e-5)
    }

    @Test func anotherTranspositionIsNone() throws {
        var (graph, y) = try Self.graph(groups: 3, order: [0, 2, 1, 4, 3])
        graph.addOutput(y)
        #expect(try PassRun(graph).count(of: "ShuffleChannels") == 0)
    }
}
