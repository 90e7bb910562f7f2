import Graphs
import Testing

@Suite struct InPlaceAssignmentTests {
    private static func plan(_ graph: Graph) throws -> ProgramPlan {
        let shapes = graph.inputs.map { graph.type(of: $0)?.shape ?? [] }
        return try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: shapes, mode: .inference, as: Float.self
        ).plan
    }

    private static func memory(_ graph: Graph) throws -> [ProgramPlan.Memory] { try plan(graph).nodes.map(\.memory) }

    @Test func aChainOfElementwiseNodesNeedsOneBlock() throws {
        var graph = Graph(name: "chain")
        var value = graph.addInput("x", shape: [1000])
        for _ in 0..<5 { value = try graph.apply(Tanh(), value) }
        graph.addOutput(value)
        // The input is the caller's.
        #expect(try Self.memory(graph) == [.own, .inPlace, .inPlace, .inPlace, .inPlace])
        #expect(try PassRun(graph, as: Float.self).arenaBytes < 2 * 4064)
    }

    @Test(arguments: [0, 1]) func aSumTakesOverTheOperandThatDies(dying: Int) throws {
        for operation in [Add(), Sum()] as [any Operator] {
            var graph = Graph(name: "sum")
            let x = graph.addInput("x", shape: [50])
            let (a, b) = (try graph.apply(Tanh(), x), try graph.apply(Sigmoid(), x))
            let sum = try graph.append(operation, inputs: [a, b])[0]
            let living = dying == 0 ? b : a
            graph.addOutput(try graph.apply(Mul(), sum, living))
            #expect(try Self.memory(graph)[2] == .inPlace)
            let expected = try PassRun(graph, pinning: [a, b, sum])
            #expect(try PassRun(graph).error(against: expected) == 0)
            #expect(try PassRun(graph, backends: fastBackends, as: Float.self).error(against: expected) < 1e-6)
        }
    }

    @Test func aSumOfManyIsRightInTheMemoryOfEither() throws {
        for dying in 0..<4 {
            var graph = Graph(name: "sum")
            let x = graph.addInput("x", shape: [3, 2, 4, 4])
            let terms = try (0..<4).map { try graph.apply(Scale(factor: Double($0 + 1)), x) }
            let sum = try graph.append(Sum(), inputs: terms)[0]
            var result = sum
            for (index, term) in terms.enumerated() where index != dying {
                result = try graph.apply(Mul(), result, term)
            }
            graph.addOutput(result)
            let expected = try PassRun(graph, pinning: terms + [sum])
            #expect(try PassRun(graph).error(against: expected) < 1e-15)
            #expect(try PassRun(graph, backends: fastBackends, as: Float.self).error(against: expected) < 1e-6)
            #expect(try (Self.memory(graph)[4] == .inPlace) == (dying < 2))
        }
    }

    @Test func whatSomebodyStillReadsIsNotOverwritten() throws {
        var graph = Graph(name: "shared")
        let x = graph.addInput("x", shape: [50])
        let a = try graph.apply(Tanh(), x)
        let b = try graph.apply(Sigmoid(), a)
        graph.addOutput(try graph.apply(Sub(), a, b))
        #expect(try Self.memory(graph) == [.own, .own, .inPlace])
        // Twice the same operand: the second reading would find what the first left.
        var twice = Graph(name: "twice")
        let y = try twice.apply(Tanh(), twice.addInput("x", shape: [50]))
        twice.addOutput(try twice.apply(Mul(), y, y))
        #expect(try Self.memory(twice) == [.own, .own])
    }

    @Test func parametersConstantsInputsAndOutputsAreNotOverwritten() throws {
        var graph = Graph(name: "given")
        let x = graph.addInput("x", shape: [50])
        let parameter = graph.addParameter("p", shape: [50], kind: .weight)
        let wanted = try graph.apply(Tanh(), try graph.apply(Mul(), x, parameter))
        graph.addOutput(wanted)
        graph.addOutput(try graph.apply(Sigmoid(), wanted))
        #expect(try Self.memory(graph) == [.own, .inPlace, .own])
        let shape = [[50]]
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            graph, inputShapes: shape, mode: .inference, as: Double.self)
        let operands = try RandomOperands<Double>(program.layout, shape)
        let before = (Array(operands.theta.elements), Array(operands.inputs[0].elements))
        program.run(parameters: operands.theta.pointer, inputs: operands.pointers)
        #expect(Array(operands.theta.elements) == before.0 && Array(operands.inputs[0].elements) == before.1)
    }

    /// What the prologue leaves for the body must survive every run.
    @Test func resultsThatAreKeptFromRunToRunAreNotOverwritten() throws {
        var graph = Graph(name: "kept")
        let parameter = try graph.apply(Tanh(), graph.addParameter("p", shape: [50], kind: .weight))
        let x = graph.addInput("x", shape: [50])
        graph.addOutput(try graph.apply(Mul(), parameter, x))
        let plan = try Self.plan(graph)
        #expect(plan.nodes.map(\.memory) == [.retained, .own])
        #expect(plan.nodes.map(\.runsOnce) == [true, false])
    }

    /// A result of another shape or order does not fit, even if it is as large.
    @Test func aResultOfAnotherShapeGetsMemoryOfItsOwn() throws {
        var graph = Graph(name: "shape")
        let x = try graph.apply(Tanh(), graph.addInput("x", shape: [10, 1]))
        let y = try graph.apply(Sigmoid(), graph.addInput("y", shape: [1, 10]))
        graph.addOutput(try graph.apply(Add(), x, y))
        #expect(try Self.memory(graph).last == .own)
    }
}
