import Buffers
import Graphs
import Tensors
import Testing

/// Integers that follow from shapes and constants are known before anything runs.
@Suite struct FoldingTests {
    /// The integers that operators make of constants.
    private func folded(_ operation: any Operator, _ operands: [Constant]) throws -> Constant? {
        var graph = Graph(name: "folding")
        let ids = operands.map { graph.addConstant($0) }
        let result = try graph.append(operation, inputs: ids)[0]
        return try graph.specialized(inputShapes: [])[result].constant
    }

    private static let matrix = Constant.integer(shape: [2, 3], [1, 2, 3, 4, 5, 6])

    static let cases: [(String, any Operator, [Constant], Constant)] = [
        ("sum", Add(), [matrix, .integers([10, 20, 30])], .integer(shape: [2, 3], [11, 22, 33, 14, 25, 36])),
        (
            "both stretched", Sub(), [.integer(shape: [2, 1], [1, 2]), .integer(shape: [1, 2], [10, 20])],
            .integer(shape: [2, 2], [-9, -19, -8, -18])
        ),
        ("product", Mul(), [matrix, .integer(shape: [], [-1])], .integer(shape: [2, 3], [-1, -2, -3, -4, -5, -6])),
        ("quotient", Div(), [.integers([7, -7, 6]), .integers([2])], .integers([3, -3, 3])),
        ("identity", Identity(), [matrix], matrix),
        ("reshape", Reshape(), [matrix, .integers([3, -1])], .integer(shape: [3, 2], [1, 2, 3, 4, 5, 6])),
        ("flatten", Flatten(axis: 0), [matrix], .integer(shape: [1, 6], [1, 2, 3, 4, 5, 6])),
        ("squeeze", Squeeze(), [.integer(shape: [1, 2, 1], [3, 4])], .integers([3, 4])),
        ("unsqueeze", Unsqueeze(), [.integer(shape: [], [5]), .integers([0])], .integers([5])),
        ("transpose", Transpose(), [matrix], .integer(shape: [3, 2], [1, 4, 2, 5, 3, 6])),
        (
            "concat", Concat(axis: 1), [matrix, .integer(shape: [2, 1], [8, 9])],
            .integer(shape: [2, 4], [1, 2, 3, 8, 4, 5, 6, 9])
        ),
        ("gather", Gather(axis: 1), [matrix, .integer(shape: [], [-1])], .integers([3, 6])),
        ("gather rows", Gather(), [matrix, .integers([1, 0])], .integer(shape: [2, 3], [4, 5, 6, 1, 2, 3])),
        (
            "slice", Slice(), [matrix, .integers([2]), .integers([.min]), .integers([1]), .integers([-2])],
            .integer(shape: [2, 2], [3, 1, 6, 4])
        ),
        ("empty slice", Slice(starts: [2], ends: [1]), [.integers([1, 2, 3])], .integers([])),
        ("shape", ShapeOf(), [matrix], .integers([2, 3])),
        ("part of a shape", ShapeOf(start: -1, end: 100), [matrix], .integers([3])),
        ("cast", Cast(to: .integer), [matrix], matrix),
        ("negative", Neg(), [matrix], .integer(shape: [2, 3], [-1, -2, -3, -4, -5, -6])),
        ("sign", Sign(), [.integers([-7, 0, 3])], .integers([-1, 0, 1])),
        ("power", Pow(), [.integers([2, -3, 7]), .integers([10, 3, 0])], .integers([1024, -27, 1])),
        ("largest", Max(), [.integers([1, 5]), .integer(shape: [], [3])], .integers([3, 5])),
        ("smallest", Min(), [.integers([1, 5]), .integer(shape: [], [3])], .integers([1, 3])),
        ("equal", Comparison(.equal), [matrix, .integers([1, 5, 6])], .integer(shape: [2, 3], [1, 0, 0, 0, 1, 1])),
        ("either", Connective(.or), [.integers([1, 0]), .integers([0])], .integers([1, 0])),
        ("not", Not(), [.integers([1, 0])], .integers([0, 1])),
        ("where", Where(), [.integers([1, 0]), .integers([7, 8]), .integers([9])], .integers([7, 9])),
        ("remainder", Mod(), [.integers([7, -7, 6]), .integers([4])], .integers([3, 1, 2])),
        ("C's remainder", Mod(followsDividend: true), [.integers([7, -7]), .integers([4])], .integers([3, -3])),
        ("truth", Truth(), [.integers([7, 0])], .integers([1, 0])),
        ("range", Progression(), [.integers([5]), .integers([-2]), .integers([-3])], .integers([5, 2, -1])),
        ("size", SizeOf(), [matrix], .integer(shape: [], [6])),
        ("total", ReduceSum(axes: [0]), [matrix], .integer(shape: [1, 3], [5, 7, 9])),
        ("product of all", ReduceProd(keepsDimensions: false), [matrix], .integer(shape: [], [720])),
        ("product of nothing", ReduceProd(axes: [0]), [.integers([])], .integers([1])),
        ("largest of rows", ReduceMax(axes: [1], keepsDimensions: false), [matrix], .integers([3, 6])),
        ("smallest of columns", ReduceMin(axes: [-2], keepsDimensions: false), [matrix], .integers([1, 2, 3])),
        ("padding", Pad(pads: [1, 0]), [.integers([4, 5])], .integers([0, 4, 5])),
        ("tile", Tile(), [.integers([4, 5]), .integers([2])], .integers([4, 5, 4, 5])),
        ("first part", Split(parts: 2), [.integers([4, 5, 6])], .integers([4, 5])),
        ("expand", Expand(), [.integers([1, 2]), .integers([2, 1])], .integer(shape: [2, 2], [1, 2, 1, 2])),
    ]

    @Test(arguments: cases.indices) func integersFold(_ index: Int) throws {
        let (name, operation, operands, expected) = Self.cases[index]
        #expect(try folded(operation, operands) == expected, "\(name)")
    }

    @Test func castsConvertConstants() throws {
        let real = Constant.real(try Tensor(shape: [3], elements: [1.9, -1.9, 3]))
        #expect(try folded(Cast(to: .integer), [real]) == .integers([1, -1, 3]))
        let three = Constant.real(try Tensor(shape: [2], elements: [3, -1]))
        #expect(try folded(Cast(to: .real), [.integers([3, -1])]) == three)
        let infinite = Constant.real(try Tensor(shape: [1], elements: [.infinity]))
        #expect(throws: GraphError.self) { try folded(Cast(to: .integer), [infinite]) }
    }

    @Test func realConstantsFold() throws {
        let two = Constant.real(try Tensor(shape: [2], elements: [1, 2]))
        let sum = Constant.real(try Tensor(shape: [1], elements: [3]))
        #expect(try folded(ReduceSum(axes: [0]), [two]) == sum)
        // The kernel reads the integers, too.
        let loss = try #require(
            try folded(SoftmaxCrossEntropy(), [.real(try Tensor(shape: [1, 2], elements: [0, 0])), .integers([1])]))
        guard case .real(let value) = loss else {
            Issue.record("\(loss)")
            return
        }
        #expect(abs(value.elements[0] - 0.6931472) < 1e-6)
    }

    @Test(arguments: [
        (Div() as any Operator, [1], [0]), (Add(), [.max], [1]), (Mul(), [.max], [2]), (Sub(), [.min], [1]),
        (Div(), [.min], [-1]),
    ])
    func impossibleIntegersAreRefused(operation: any Operator, a: [Int], b: [Int]) {
        #expect(throws: GraphError.self) { try folded(operation, [.integers(a), .integers(b)]) }
    }

    /// What PyTorch's exporter writes for `x.view(x.size(0), -1)`.
    @Test func shapesOfInputsReachReshape() throws {
        var graph = Graph(name: "view")
        let x = graph.addInput("x", dimensions: [.symbolic("N"), .fixed(2), .fixed(3), .symbolic("W")])
        let w = graph.addParameter("w", shape: [24, 5], kind: .weight)
        let size = try graph.apply(Gather(), try graph.apply(ShapeOf(), x), graph.addConstant(.integer(shape: [], [0])))
        let batch = try graph.apply(Unsqueeze(axes: [0]), size)
        let target = try graph.apply(Concat(axis: 0), batch, graph.addConstant(.integers([-1])))
        let rows = try graph.apply(Reshape(), x, target)
        graph.addOutput(try graph.apply(MatMul(), rows, w))
        let compiler = Compiler(backends: .reference, workers: .serial)
        for batch in [1, 3] {
            let program = try compiler.compile(
                graph, inputShapes: [[batch, 2, 3, 4]], mode: .inference, as: Float.self)
            #expect(program.outputTypes == [.real([batch, 5])])
            #expect(program.kernelNames == ["reference.matmul"])
        }
        // Another width does not fit the weights, and only a specialised graph can tell.
        #expect(throws: GraphError.self) {
            try compiler.compile(graph, inputShapes: [[1, 2, 3, 5]], mode: .inference, as: Float.self)
        }
    }

    @Test func outputsMayBeInputsParametersAndConstants() throws {
        var graph = Graph(name: "outputs")
        let x = graph.addInput("x", dimensions: [.fixed(2)])
        let p = graph.addParameter("p", shape: [1], kind: .weight)
        let c = graph.addConstant(.real(try Tensor(shape: [2], elements: [7, 8])))
        let folded = try graph.apply(Relu(), c)
        let view = try graph.apply(Identity(), x)
        for id in [folded, x, p, c, view, try graph.apply(Add(), x, x)] { graph.addOutput(id) }
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [[2]], mode: .inference, as: Double.self)
        let input = try AlignedBuffer<Double>([3, 4])
        let theta = try AlignedBuffer<Double>([5])
        defer { withExtendedLifetime((input, theta)) {} }
        program.run(parameters: theta.pointer, inputs: [UnsafeRawPointer(input.pointer)])
        #expect((0..<6).map { Array(program.output($0)) } == [[7, 8], [3, 4], [5], [7, 8], [3, 4], [6, 8]])
    }
}
