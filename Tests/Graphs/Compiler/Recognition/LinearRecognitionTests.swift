import Graphs
import Tensors
import Testing

@Suite struct LinearRecognitionTests {
    /// A dense layer on the last dimension of a tensor, as PyTorch's exporters write it.
    private static func graph(
        _ shape: [Int], transposed: Bool, shift: [Int]?, swapped: Bool = false
    ) throws -> (Graph, product: ValueID, ValueID) {
        var graph = Graph(name: "dense")
        let x = try graph.apply(Tanh(), graph.addInput("x", shape: shape))
        let inner = try #require(shape.last)
        let w = graph.addParameter("w", shape: transposed ? [6, inner] : [inner, 6], kind: .weight)
        let matrix = transposed ? try graph.apply(Transpose(permutation: [1, 0]), w) : w
        let product = try graph.apply(MatMul(), x, matrix)
        guard let shift else { return (graph, product, product) }
        let bias = graph.addParameter("b", shape: shift, kind: .bias)
        let sum = try graph.apply(Add(), swapped ? bias : product, swapped ? product : bias)
        return (graph, product, sum)
    }

    @Test(arguments: [[3, 4], [2, 3, 4], [2, 3, 2, 4]], [true, false])
    func aProductAndASumAreOneNode(shape: [Int], transposed: Bool) throws {
        for swapped in [false, true] {
            var (graph, product, y) = try Self.graph(shape, transposed: transposed, shift: [6], swapped: swapped)
            let loss = try graph.weightedSum(y)
            let run = try PassRun(graph, loss: loss)
            #expect(run.count(of: "MatMul") == 0 && run.count(of: "Add") == 0, "\(run.operations)")
            #expect(run.count(of: "Transpose") == 0, "\(run.operations)")
            let plain = try PassRun(graph, loss: loss, pinning: [product])
            #expect(plain.count(of: "Add") == 1)
            #expect(run.error(against: plain) < 1e-12)
            let slope = try FiniteDifference(graph, loss: loss)
            #expect(abs(slope.slope(of: run.gradient) - slope.measured) < 1e-6 * slope.scale)
            let single = try PassRun(graph, loss: loss, backends: fastBackends, as: Float.self)
            #expect(single.error(against: run) < 1e-5)
        }
    }

    /// A product that has been shifted takes no second shift.
    @Test(arguments: [[3, 4], [2, 3, 4]], [false, true]) func everyShiftCounts(shape: [Int], transposed: Bool) throws {
        var (graph, product, y) = try Self.graph(shape, transposed: transposed, shift: [6])
        let second = graph.addParameter("c", shape: [6], kind: .bias)
        y = try graph.apply(Add(), second, y)
        let loss = try graph.weightedSum(y)
        let run = try PassRun(graph, loss: loss)
        #expect(run.count(of: "MatMul") == 0 && run.count(of: "Add") == 1, "\(run.operations)")
        #expect(run.error(against: try PassRun(graph, loss: loss, pinning: [product])) < 1e-12)
        let slope = try FiniteDifference(graph, loss: loss)
        #expect(abs(slope.slope(of: run.gradient) - slope.measured) < 1e-6 * slope.scale)
    }

    @Test func aTransposedMatrixIsUsedAsItIs() throws {
        var (graph, _, y) = try Self.graph([2, 3, 4], transposed: true, shift: nil)
        graph.addOutput(y)
        let run = try PassRun(graph)
        #expect(run.count(of: "Transpose") == 0 && run.count(of: "Gemm") == 1, "\(run.operations)")
        let (plain, _, same) = try Self.graph([2, 3, 4], transposed: false, shift: nil)
        var other = plain
        other.addOutput(same)
        #expect(try PassRun(other).count(of: "MatMul") == 1)
    }

    /// A shift for each row, one that depends on data, matrices of their own for each row.
    @Test func otherSumsAndProductsStay() throws {
        for shift in [[3, 1], [3, 6], [1]] {
            var (graph, _, y) = try Self.graph([3, 4], transposed: false, shift: shift)
            graph.addOutput(y)
            #expect(try PassRun(graph).count(of: "MatMul") == 1, "\(shift)")
        }
        var batch = Graph(name: "batch")
        let (a, b) = (batch.addInput("a", shape: [2, 3, 4]), batch.addInput("b", shape: [2, 4, 6]))
        let bias = batch.addParameter("b", shape: [6], kind: .bias)
        batch.addOutput(try batch.apply(Add(), try batch.apply(MatMul(), a, b), bias))
        #expect(try PassRun(batch).count(of: "MatMul") == 1)
    }
}
