import Graphs
import Testing

@Suite struct DeadNodeRemovalTests {
    @Test func whatNoOutputDependsOnDoesNotRun() throws {
        var graph = Graph(name: "dead")
        let x = graph.addInput("x", shape: [2, 3])
        let y = try graph.apply(Tanh(), x)
        let side = try graph.apply(Sigmoid(), y)
        _ = try graph.apply(Relu(), side)
        graph.addOutput(try graph.apply(Scale(factor: 2), y))
        let run = try PassRun(graph)
        #expect(graph.nodes.count == 4)
        #expect(run.operations == ["Tanh", "Scale"])
        #expect(try run.error(against: PassRun(graph, pinning: [side])) == 0)
    }

    @Test func aNodeStaysIfOneOfItsResultsIsRead() throws {
        var graph = Graph(name: "results")
        let x = graph.addInput("x", shape: [4, 5])
        let results = try graph.append(DropoutTraining(ratio: 0.5, salt: 1), inputs: [x])
        graph.addOutput(results[1])
        #expect(try PassRun(graph).operations.first == "DropoutTraining")
    }

    /// The gradient of an input is nobody's, so nothing is computed for it.
    @Test func gradientsThatNobodyAsksForAreNotComputed() throws {
        var graph = Graph(name: "first layer")
        let x = graph.addInput("x", shape: [2, 3, 4, 4])
        let loss = try graph.weightedSum(try graph.convolution(x, to: 2, name: "conv"))
        let run = try PassRun(graph, loss: loss)
        #expect(run.count(of: "ConvWeightGradient") == 1)
        #expect(run.count(of: "ConvDataGradient") == 0)
    }
}
