import Graphs
import Tensors
import Testing

@Suite struct BiasFusionTests {
    /// A convolution and an `Add` of a parameter; `swapped` puts the parameter first.
    private static func graph(bias shape: [Int], swapped: Bool = false) throws -> (Graph, convolved: ValueID, ValueID) {
        var graph = Graph(name: "bias")
        let x = graph.addInput("x", shape: [2, 3, 5, 4])
        let y = try graph.convolution(x, to: 4, name: "conv")
        let bias = graph.addParameter("bias", shape: shape, kind: .bias)
        let sum = try graph.apply(Add(), swapped ? bias : y, swapped ? y : bias)
        return (graph, y, sum)
    }

    @Test(arguments: [[4, 1, 1], [1, 4, 1, 1]], [false, true])
    func aBiasOfItsOwnBecomesTheConvolutions(shape: [Int], swapped: Bool) throws {
        var (graph, convolved, sum) = try Self.graph(bias: shape, swapped: swapped)
        graph.addOutput(sum)
        let plain = try PassRun(graph, pinning: [convolved])
        #expect(plain.count(of: "Add") == 1)
        let fused = try PassRun(graph)
        #expect(fused.count(of: "Add") == 0 && fused.count(of: "Conv") == 1, "\(fused.operations)")
        #expect(fused.error(against: plain) < 1e-12)
        let single = try PassRun(graph, backends: fastBackends, as: Float.self)
        #expect(single.error(against: plain) < 1e-6)
    }

    @Test func itsGradientStaysTheSum() throws {
        var (graph, convolved, sum) = try Self.graph(bias: [4, 1, 1])
        let loss = try graph.weightedSum(sum)
        let fused = try PassRun(graph, loss: loss)
        let plain = try PassRun(graph, loss: loss, pinning: [convolved])
        #expect(fused.count(of: "Add") == 0 && plain.count(of: "Add") == 1)
        #expect(fused.error(against: plain) < 1e-12)
    }

    @Test func aConstantBecomesTheBias() throws {
        var graph = Graph(name: "constant")
        let x = graph.addInput("x", shape: [1, 2, 4, 4])
        let y = try graph.convolution(x, to: 3, name: "conv")
        let bias = graph.addConstant(.real(try Tensor(shape: [3, 1, 1], elements: [0.5, -1, 2])))
        graph.addOutput(try graph.apply(Add(), y, bias))
        let fused = try PassRun(graph)
        #expect(fused.count(of: "Add") == 0)
        #expect(fused.error(against: try PassRun(graph, pinning: [y])) < 1e-12)
    }

    /// One number a column or a pixel, two biases, a value that somebody else reads: none of it is a convolution's bias.
    @Test func nothingElseIsTakenForABias() throws {
        for shape in [[4], [1, 1, 4], [2, 4, 1, 1], [4, 5, 4], [1]] {
            var (graph, _, sum) = try Self.graph(bias: shape)
            graph.addOutput(sum)
            #expect(try PassRun(graph).count(of: "Add") == 1, "\(shape)")
        }
        var (shared, convolved, sum) = try Self.graph(bias: [4, 1, 1])
        shared.addOutput(try shared.apply(Mul(), sum, convolved))
        #expect(try PassRun(shared).count(of: "Add") == 1)

        var twice = Graph(name: "twice")
        let x = twice.addInput("x", shape: [2, 3, 5, 4])
        let y = try twice.convolution(x, to: 4, name: "conv", bias: true)
        twice.addOutput(try twice.apply(Add(), y, twice.addParameter("more", shape: [4, 1, 1], kind: .bias)))
        #expect(try PassRun(twice).count(of: "Add") == 1)

        var data = Graph(name: "data")
        let images = data.addInput("x", shape: [2, 3, 5, 4])
        let offsets = data.addInput("offsets", shape: [1, 4, 1, 1])
        data.addOutput(try data.apply(Add(), try data.convolution(images, to: 4, name: "conv"), offsets))
        #expect(try PassRun(data).count(of: "Add") == 1)
    }
}
