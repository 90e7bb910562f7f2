import Graphs
import Testing

@Suite struct GradientAccumulationTests {
    /// A value that so many convolutions read; their product is the result.
    private static func graph(readers: Int) throws -> (Graph, loss: ValueID) {
        var graph = Graph(name: "fan")
        let x = graph.addInput("x", shape: [2, 3, 6, 6])
        let shared = try graph.apply(Tanh(), try graph.convolution(x, to: 4, name: "stem"))
        var terms: [ValueID] = []
        for reader in 0..<readers {
            terms.append(try graph.apply(Tanh(), try graph.convolution(shared, to: 4, name: "branch\(reader)")))
        }
        let loss = try graph.weightedSum(try graph.append(Sum(), inputs: terms)[0])
        return (graph, loss)
    }

    @Test(arguments: [2, 3, 5, 9]) func everyPartIsAddedInPlaceAsSoonAsItIsThere(readers: Int) throws {
        let (graph, loss) = try Self.graph(readers: readers)
        let shapes = [[2, 3, 6, 6], [2, 4, 6, 6]]
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: shapes, mode: .training(loss: loss), as: Double.self)
        let turn = try #require(program.graph.nodes.firstIndex { $0.outputs.contains(loss) })
        let backward = program.graph.nodes[turn...]
        let sums = backward.enumerated().filter { $0.element.operation is Sum }
        #expect(sums.count == readers - 1)
        for (offset, sum) in sums {
            #expect(sum.inputs.count == 2)
            // A part comes from one of the two nodes before: the other is the same branch's weight gradient.
            let before = backward[(turn + max(0, offset - 2))..<(turn + offset)].flatMap(\.outputs)
            #expect(sum.inputs.contains { $0.map(before.contains) ?? false })
        }
        let planned = program.plan.nodes.filter { $0.operation == "Sum" && $0.memory == .inPlace }
        #expect(planned.count >= readers - 1)
    }

    /// The gradient equals the sum over graphs with one branch each.
    @Test func theGradientIsTheSumOfItsParts() throws {
        let (graph, loss) = try Self.graph(readers: 4)
        let whole = try PassRun(graph, loss: loss)
        let single = try PassRun(graph, loss: loss, backends: fastBackends, as: Float.self)
        #expect(single.error(against: whole) < 1e-5)
        let difference = try FiniteDifference(graph, loss: loss)
        #expect(abs(difference.slope(of: whole.gradient) - difference.measured) < 1e-6 * difference.scale)
    }

    /// Parts that are all there at once, or have to be broadcast, are added up by one node, as they were.
    @Test func memoryForAllPartsAtOnceIsNotNeeded() throws {
        let bytes = 2 * 4 * 6 * 6 * MemoryLayout<Double>.stride
        let arenas = try [3, 9].map { readers -> Int in
            let (graph, loss) = try Self.graph(readers: readers)
            return try PassRun(graph, loss: loss).arenaBytes
        }
        // Six more branches keep six more results of tanh for their gradients, but no six more parts.
        #expect(arenas[1] - arenas[0] <= 7 * bytes, "\(arenas)")
    }
}
