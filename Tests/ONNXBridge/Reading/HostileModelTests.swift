import Buffers
import Graphs
import ONNXBridge
import Tensors
import Testing

/// Whatever a file says, importing and compiling it ends with a model or a typed error: soon, in little memory.
@Suite(.timeLimit(.minutes(2))) struct HostileModelTests {
    /// How far a model got.
    enum Outcome: Hashable {
        case unreadable, notImported, notCompiled, compiled, ran
    }

    /// Does with a model all that a training run does before its first step, if what it asks for is affordable.
    static func exercise(_ bytes: [UInt8], directory: String? = nil) throws -> Outcome {
        let file: ONNXModel
        do { file = try ONNXModel(bytes: bytes, directory: directory) } catch {
            #expect(!error.description.isEmpty)
            return .unreadable
        }
        let model: ImportedModel
        do { model = try ImportedModel(file) } catch {
            #expect(error is ImportError || error is ONNXError || error is GraphError, "\(error)")
            #expect("\(error)".count > 10)
            return .notImported
        }
        _ = model.remarks
        _ = model.multiplyAdds
        try? model.checkWritable()
        _ = try? ModelWriter.bytes(of: model.graph, parameters: model.parameters)
        let shape = inputShape(model)
        let program: Program<Float>
        do {
            let typed = try model.graph.specialized(inputShapes: [shape])
            let sizes = typed.values.map { $0.type?.count ?? 0 }
            guard sizes.allSatisfy({ $0 < 1 << 20 }), typed.multiplyAdds < 1 << 22 else { return .compiled }
            program = try Compiler(backends: .reference, workers: .serial).compile(
                model.graph, inputShapes: [shape], mode: .inference, as: Float.self)
        } catch {
            #expect(error.description.count > 10)
            return .notCompiled
        }
        let input = try AlignedBuffer<Float>(count: Shape.count(shape))
        withExtendedLifetime(input) {
            program.run(parameters: model.parameters.values.pointer, inputs: [UnsafeRawPointer(input.pointer)])
        }
        return .ran
    }

    /// One image of the size that the model asks for, or of a small one where it leaves that open.
    private static func inputShape(_ model: ImportedModel) -> [Int] {
        guard case .input(let dimensions, _) = model.graph[model.graph.inputs[0]].role else { return [] }
        return dimensions.enumerated().map { $1.size ?? ($0 == 0 ? 1 : 6) }
    }

    /// A file with a few bytes changed, cut out, repeated or left off.
    static func mutated(_ original: [UInt8], _ random: inout Philox) -> [UInt8] {
        var bytes = original
        for _ in 0...Int.random(in: 0..<2, using: &random) where bytes.count > 1 {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, at + Int.random(in: 1...16, using: &random))
            switch Int.random(in: 0..<12, using: &random) {
            case 0: bytes.removeSubrange(at..<end)
            case 1: bytes.insert(contentsOf: bytes[at..<end], at: at)
            case 2: bytes.removeSubrange(at...)
            case 3, 4: bytes[at] = [0x00, 0x01, 0x7F, 0x80, 0xFF][Int.random(in: 0..<5, using: &random)]
            case 5: bytes[at] = UInt8.random(in: 32..<127, using: &random)
            default: bytes[at] = UInt8.random(in: 0...255, using: &random)
            }
        }
        return bytes
    }

    @Test func smallModelsWithChangedBytesNeverEndTheProcess() throws {
        var random = Philox(seed: 17)
        let originals = try OperatorGolden.all()
        var outcomes: [Outcome: Int] = [:]
        for _ in 0..<600 {
            let original = originals[Int.random(in: 0..<originals.count, using: &random)]
            outcomes[try Self.exercise(Self.mutated(original.model, &random)), default: 0] += 1
        }
        #expect(outcomes[.ran, default: 0] > 20 && outcomes[.notImported, default: 0] > 20, "\(outcomes)")
    }

    @Test(arguments: WriteBackTests.networks) func networksWithChangedBytesNeverEndTheProcess(name: String) throws {
        var random = Philox(seed: 23)
        let original = try Fixtures.bytes(name)
        for _ in 0..<40 {
            _ = try Self.exercise(Self.mutated(original, &random), directory: Fixtures.folder)
        }
    }

    @Test func randomGraphsNeverEndTheProcess() throws {
        var outcomes: [Outcome: Int] = [:]
        for seed in 0..<600 {
            var source = RandomModel(seed: UInt64(seed))
            outcomes[try Self.exercise(source.bytes()), default: 0] += 1
        }
        #expect(outcomes[.ran, default: 0] > 20 && outcomes[.notImported, default: 0] > 100, "\(outcomes)")
    }

    static let giants: [(String, [Int])] = [
        ("Expand", [1 << 40]), ("Expand", [1 << 20, 1 << 19]), ("Expand", [.max, .max]), ("Expand", [-1]),
        ("ConstantOfShape", [1 << 40]), ("ConstantOfShape", [1 << 25]), ("ConstantOfShape", [-5]),
        ("ConstantOfShape", [.max, .max]), ("ConstantOfShape", [.max, 0]), ("Reshape", [1 << 62, 4]),
        ("Reshape", [0, 0, 0, 0, 0]), ("Reshape", [-1, -1]), ("Reshape", [.min]), ("Reshape", [1 << 40, -1]),
    ]

    @Test(arguments: giants)
    func aFewBytesThatNameAGiantAreRefused(operation: String, shape: [Int]) throws {
        let inputs = operation == "ConstantOfShape" ? ["s"] : ["w", "s"]
        let bytes = Message.network(
            [-1, 4], .node(operation, inputs, ["g"]), .node("Add", ["x", "g"], ["y"]), .integers("s", shape),
            .floats("w", [1]))
        #expect([.notImported, .notCompiled].contains(try Self.exercise(bytes)))
    }

    /// 2^40 rows of nothing are nothing.
    @Test func emptyRowsTakeNoTime() throws {
        let zero = Message.tensor("", dims: [1], type: 7, .bytes(9, [UInt8](repeating: 0, count: 8)))
        let value = Message(.text(1, "value"), .bytes(5, zero.bytes), .int(20, 4))
        let nodes: [Message] = [
            .node("ConstantOfShape", ["rows"], ["e"], attributes: value),
            .node("Concat", ["e", "e"], ["c"], attributes: .attribute("axis", int: 1)), .node("Size", ["c"], ["n"]),
            .node("Cast", ["n"], ["r"], attributes: .attribute("to", int: 1)), .node("Add", ["x", "r"], ["y"]),
        ]
        let bytes = Message.network(
            [-1, 4], Message(bytes: nodes.flatMap(\.bytes)), .integers("rows", [1 << 40, 0]))
        #expect(try Self.exercise(bytes) == .ran)
    }

    @Test(arguments: [Int.min, -1, 0, 1 << 41, .max])
    func aTransposedConvolutionOfAnAbsurdSizeIsRefused(_ n: Int) throws {
        let bytes = Message.network(
            [-1, 1, 4, 4],
            .node("ConvTranspose", ["x", "w"], ["y"], attributes: .attribute("output_shape", ints: [n, n])),
            .floats("w", [1, 1, 3, 3]))
        #expect(try Self.exercise(bytes) == .notImported)
    }

    @Test func longChainsAreImported() throws {
        for operation in ["Relu", "Identity", "Add"] {
            var names = ["x"]
            var nodes: [UInt8] = []
            for index in 0..<3000 {
                let inputs = operation == "Add" ? [names[index], names[index / 2]] : [names[index]]
                names.append(index == 2999 ? "y" : "v\(index)")
                nodes += Message.node(operation, inputs, [names[index + 1]]).bytes
            }
            let bytes = Message.network([-1, 4], Message(bytes: nodes))
            #expect(try Self.exercise(bytes) == .ran)
        }
    }
}
