import Buffers
import Graphs
import Tensors
import Testing

/// An operator on constants, and what it makes of them while a graph is built.
struct FoldedUse: Sendable, CustomTestStringConvertible {
    let operation: any Operator
    let operands: [Constant]
    let expected: Constant

    init(_ operation: any Operator, _ operands: [Constant], gives expected: Constant) {
        self.operation = operation
        self.operands = operands
        self.expected = expected
    }

    var testDescription: String { "\(type(of: operation).name) of \(operands.count) operands" }

    static func real(_ elements: [Float], shape: [Int]? = nil) throws -> Constant {
        .real(try Tensor(shape: shape ?? [elements.count], elements: elements))
    }

    static func all() throws -> [FoldedUse] {
        let table = Constant.integer(shape: [2, 3], [1, 2, 3, 4, 5, 6])
        return [
            FoldedUse(ShapeOf(start: -2, end: -1), [table], gives: .integers([2])),
            FoldedUse(ShapeOf(start: 1, end: 0), [table], gives: .integers([])),
            FoldedUse(Cast(to: .real), [.integers([3, -1])], gives: try real([3, -1])),
            FoldedUse(CastLike(), [try real([2.7]), .integers([])], gives: .integers([2])),
            FoldedUse(CastLike(), [.integers([2]), try real([0.5], shape: [])], gives: try real([2])),
            FoldedUse(ConstantOfShape(), [.integers([2, 2])], gives: try real([0, 0, 0, 0], shape: [2, 2])),
            FoldedUse(ConstantOfShape(.integer(7)), [.integers([3])], gives: .integers([7, 7, 7])),
            FoldedUse(ConstantOfShape(.real(0.5)), [.integers([])], gives: try real([0.5], shape: [])),
            FoldedUse(ConstantOfShape(.integer(7)), [.integers([0])], gives: .integers([])),
            FoldedUse(Mul(), [try real([2, 3]), try real([0.5], shape: [])], gives: try real([1, 1.5])),
            FoldedUse(Relu(), [try real([2, -3])], gives: try real([2, 0])),
        ]
    }
}

/// What is computed while a graph is built, and how much of it at most.
@Suite struct FoldingBudgetTests {
    @Test func operatorsOnConstantsAreComputedWithoutRunning() throws {
        for use in try FoldedUse.all() {
            var graph = Graph(name: "folding")
            var budget = FoldingBudget()
            let operands = use.operands.map { graph.addConstant($0) }
            #expect(
                try graph.constants(of: use.operation, inputs: operands, node: "tested", budget: &budget) == [
                    use.expected
                ],
                "\(use.testDescription)")
            // As a node, it is gone once shapes are known.
            _ = graph.addInput("x", dimensions: [.fixed(1)])
            let result = try graph.append(use.operation, inputs: operands)[0]
            let specialized = try graph.specialized(inputShapes: [[1]])
            #expect(specialized[result].constant == use.expected, "\(use.testDescription)")
            #expect(specialized.nodes.isEmpty)
        }
    }

    @Test func whatDependsOnDataIsNotFolded() throws {
        var graph = Graph(name: "folding")
        var budget = FoldingBudget()
        let x = graph.addInput("x", dimensions: [.symbolic("N"), .fixed(3)])
        let one = graph.addConstant(.integers([1]))
        #expect(try graph.constants(of: Add(), inputs: [x, one], node: "sum", budget: &budget) == nil)
        // The batch counts as 1 for the time being, so its size must not be taken for known.
        #expect(try graph.constants(of: ShapeOf(), inputs: [x], node: "shape", budget: &budget) == nil)
    }

    @Test func aFewBytesDoNotFillTheMemory() throws {
        var graph = Graph(name: "folding")
        let x = graph.addInput("x", dimensions: [.fixed(1)])
        let number = graph.addConstant(try FoldedUse.real([1]))
        let shape = graph.addConstant(.integers([1 << 20, 1 << 19]))
        let stretched = try graph.apply(Expand(), number, shape)
        graph.addOutput(try graph.apply(Add(), stretched, x))
        let specialized = try graph.specialized(inputShapes: [[1]])
        #expect(specialized[stretched].constant == nil)
        #expect(throws: GraphError.self) {
            try Compiler(backends: .reference, workers: .serial).compile(
                graph, inputShapes: [[1]], mode: .inference, as: Float.self)
        }
    }

    @Test func whatTheBudgetDoesNotCoverIsComputedWhenTheProgramRuns() throws {
        var graph = Graph(name: "folding")
        let x = graph.addInput("x", dimensions: [.fixed(1)])
        let side = graph.addConstant(.integers([1000, 1000]))
        let matrix = try graph.apply(ConstantOfShape(.real(0.5)), side)
        // 10^9 multiply-adds, more than a file may ask for before it has any data.
        let product = try graph.apply(MatMul(), matrix, matrix)
        let corner = try graph.apply(Slice(starts: [0, 0], ends: [1, 2]), product)
        graph.addOutput(try graph.apply(Add(), corner, x))
        let specialized = try graph.specialized(inputShapes: [[1]])
        #expect(specialized[matrix].constant != nil)
        #expect(specialized[product].constant == nil)
    }

    /// A graph with the last elements of tensors of one number, each of so many.
    private func filled(_ counts: [Int]) throws -> Graph {
        var graph = Graph(name: "folding")
        let x = graph.addInput("x", dimensions: [.fixed(2)])
        for count in counts {
            let shape = graph.addConstant(.integers([count]))
            let tensor = try graph.apply(ConstantOfShape(.real(0.5)), shape)
            graph.addOutput(try graph.apply(Add(), try graph.apply(Slice(starts: [-2], ends: [.max]), tensor), x))
        }
        return graph
    }

    @Test func largeTensorsOfOneNumberAreMadeWhenTheProgramRuns() throws {
        let graph = try filled([1 << 22 + 1, 1 << 23])
        #expect(try graph.specialized(inputShapes: [[2]]).nodes.count { $0.operation is ConstantOfShape } == 2)
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [[2]], mode: .inference, as: Float.self)
        let input = try AlignedBuffer<Float>([1, 2])
        program.run(parameters: input.pointer, inputs: [UnsafeRawPointer(input.pointer)])
        #expect((0..<2).map { Array(program.output($0)) } == [[1.5, 2.5], [1.5, 2.5]])
    }

    @Test func tensorsOfOneNumberOfMoreThan512MiBInAllAreRefused() throws {
        // VGG-19's dense layers, which ONNX's light model makes so, are allowed.
        #expect(throws: Never.self) { try filled([25088 * 4096, 1 << 24]).specialized(inputShapes: [[2]]) }
        for counts in [[1 << 27 + 1], [1 << 26, 1 << 26, 1 << 23]] {
            let error = try #require(throws: GraphError.self) { try filled(counts).specialized(inputShapes: [[2]]) }
            #expect(error.description.contains("too large to be computed before"))
        }
    }

    @Test func integersThatDoubleWithEveryNodeAreRefused() throws {
        var graph = Graph(name: "folding")
        _ = graph.addInput("x", dimensions: [.fixed(1)])
        var list = graph.addConstant(.integers([1, 2]))
        for _ in 0..<38 { list = try graph.append(Concat(axis: 0), inputs: [list, list])[0] }
        let error = try #require(throws: GraphError.self) { try graph.specialized(inputShapes: [[1]]) }
        #expect(error.description.contains("too large to be computed before"))
    }

    @Test func emptyResultsTakeNoTime() throws {
        var graph = Graph(name: "folding")
        let x = graph.addInput("x", dimensions: [.fixed(1 << 37), .fixed(0)])
        let empty = graph.addConstant(.real(try Tensor(shape: [1 << 37, 0], elements: [])))
        graph.addOutput(try graph.apply(Softmax(), empty))
        graph.addOutput(try graph.apply(Softmax(), x))
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: [[1 << 37, 0]], mode: .inference, as: Float.self)
        let none = try AlignedBuffer<Float>(count: 0)
        defer { withExtendedLifetime(none) {} }
        program.run(parameters: none.pointer, inputs: [UnsafeRawPointer(none.pointer)])
        #expect(program.outputTypes.map(\.count) == [0, 0])
    }
}
