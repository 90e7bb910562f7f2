import Foundation
import ONNXBridge
import Testing

@Suite("Writing back into an ONNX file")
struct EditorTests {
    @Test(arguments: Fixtures.all)
    func withoutChangesTheBytesAreTheSame(name: String) throws {
        #expect(try ONNXEditor(Fixtures.model(name)).serialized() == Fixtures.bytes(name))
    }

    @Test(arguments: Fixtures.all)
    func everyTrainableInitialiserCanBeReplacedAndReadAgain(name: String) throws {
        let model = try Fixtures.model(name)
        var editor = ONNXEditor(model)
        var expected: [String: [Float]] = [:]
        for (index, tensor) in model.graph.initializers.enumerated() where tensor.dataType.isTrainable {
            // Quarters up to 63 are exact in every type.
            let values = (0..<tensor.count).map { Float(($0 * 7 + index) % 256) / 4 - 32 }
            expected[tensor.name] = values
            try editor.replace(tensor, with: values)
        }
        try withTemporaryFolder { folder in
            try editor.write(to: "\(folder)/out.onnx")
            let again = try ONNXModel(path: "\(folder)/out.onnx")
            for tensor in again.graph.initializers {
                if let values = expected[tensor.name] {
                    #expect(try tensor.elements(as: Float.self) == values, "\(tensor.name)")
                } else {
                    #expect(try tensor.integers() == model.graph[initializer: tensor.name]?.integers())
                }
            }
            #expect(again.graph.nodes.map(\.label) == model.graph.nodes.map(\.label))
        }
    }

    @Test func onlyTheBytesOfTheReplacedTensorChange() throws {
        let model = try Fixtures.model("residual.torchscript-17")
        let original = try Fixtures.bytes("residual.torchscript-17")
        let tensor = try #require(model.graph[initializer: "block1.conv1.weight"])
        var editor = ONNXEditor(model)
        try editor.replace(tensor, with: [Float](repeating: 123.456, count: tensor.count))
        let changed = try editor.serialized()
        #expect(changed.count == original.count)
        let different = original.indices.filter { original[$0] != changed[$0] }
        let first = try #require(different.first)
        #expect(different.last! - first < tensor.byteCount)
        let old = try tensor.elements(as: Float.self).flatMap { Message.littleEndian($0.bitPattern) }
        // The first weight's first byte may happen to be the same, so the tensor starts at or a little before `first`.
        let start = try #require((max(0, first - 3)...first).first { Array(original[$0..<$0 + old.count]) == old })
        #expect(Array(changed[start..<start + 4]) == Message.littleEndian(Float(123.456).bitPattern))
    }

    @Test func theEncodingOfElementsStays() throws {
        let model = try Fixtures.model("encodings")
        let original = try Fixtures.bytes("encodings")
        var editor = ONNXEditor(model)
        for tensor in model.graph.initializers where tensor.dataType.isTrainable {
            try editor.replace(tensor, with: try tensor.elements(as: Double.self))
        }
        #expect(try editor.serialized() == original)
    }

    @Test func unpackedPiecesAndUnknownFieldsStay() throws {
        let pieces = Message(
            .float(4, 1), .int(99, 5), .bytes(4, Message.littleEndian(Float(2).bitPattern)), .float(4, 3),
            .text(1000, "unknown"))
        let halves = Message(.int(5, 0x3C00), .bytes(5, Message.varint(0x4000) + Message.varint(1)))
        func file(_ pieces: Message, _ halves: Message) -> [UInt8] {
            Message.model(
                graph: .initializer("w", dims: [3], type: 1, pieces), .text(77, "of a later version"),
                .initializer("h", dims: [3], type: 10, halves), extra: .double(500, 1.5))
        }
        let model = try ONNXModel(bytes: file(pieces, halves))
        var editor = ONNXEditor(model)
        try editor.replace(model.graph.initializers[0], with: [Float(10), 20, 30])
        try editor.replace(model.graph.initializers[1], with: [Float16(bitPattern: 7), 2, -4].map(Float.init))
        let newPieces = Message(
            .float(4, 10), .int(99, 5), .bytes(4, Message.littleEndian(Float(20).bitPattern)), .float(4, 30),
            .text(1000, "unknown"))
        let newHalves = Message(.int(5, 7), .bytes(5, Message.varint(0x4000) + Message.varint(0xC400)))
        #expect(try editor.serialized() == file(newPieces, newHalves))
    }

    @Test func lengthsInUnusualEncodingStayUnlessTheyChange() throws {
        // The graph's length is written in three bytes where one would do.
        let graph = Message.initializer("w", dims: [1], type: 1, .float(4, 1)).bytes
        let bytes = Message(
            .int(1, 8), Message(bytes: Message.tag(7, 2) + [UInt8(graph.count) | 0x80, 0x80, 0x00] + graph),
            .message(8, .int(2, 17))
        ).bytes
        let model = try ONNXModel(bytes: bytes)
        var editor = ONNXEditor(model)
        try editor.replace(model.graph.initializers[0], with: [Float(1)])
        #expect(try editor.serialized() == bytes)
    }

    @Test func constantsInNodesCanBeReplaced() throws {
        let model = try Fixtures.model("encodings")
        var editor = ONNXEditor(model)
        let constants = model.graph.nodes.filter { $0.opType == "Constant" }
        guard case .tensor(let tensor)? = constants[0]["value"] else {
            Issue.record("no tensor in \(constants[0].attributes)")
            return
        }
        try editor.replace(tensor, with: [Float](repeating: 9, count: 6))
        try editor.replace(constants[1].attributes[0], with: [8])
        try editor.replace(constants[2].attributes[0], with: [7, 6, 5])
        let again = try ONNXModel(bytes: try editor.serialized()).graph.nodes.filter { $0.opType == "Constant" }
        guard case .tensor(let new)? = again[0]["value"], case .float(let number)? = again[1]["value_float"],
            case .floats(let numbers)? = again[2]["value_floats"]
        else {
            Issue.record("the attributes changed their kind")
            return
        }
        #expect(try new.elements(as: Float.self) == [9, 9, 9, 9, 9, 9])
        #expect(number == 8)
        #expect(numbers == [7, 6, 5])
    }

    @Test func sharedInitialisersAreMovedApart() throws {
        let model = try Fixtures.model("fresh-residual.torchscript-17")
        var editor = ONNXEditor(model)
        let node = try #require(model.graph.nodes.first { $0.outputs == ["bn1.running_var"] })
        let tensor = try #require(model.graph[initializer: node.inputs[0]])
        #expect(tensor.name == "bn1.weight")
        try editor.detach(node, from: tensor, with: [Float](repeating: 0.25, count: 8))
        try editor.replace(tensor, with: [Float](repeating: 2, count: 8))
        let bytes = try editor.serialized()
        let again = try ONNXModel(bytes: bytes)
        let constant = try #require(again.graph.nodes.first { $0.outputs == ["bn1.running_var"] })
        #expect(constant.opType == "Constant")
        #expect(constant.name == node.name)
        #expect(constant.inputs.isEmpty)
        guard case .tensor(let value)? = constant["value"] else {
            Issue.record("no value in \(constant.attributes)")
            return
        }
        #expect(value.shape == [8])
        #expect(try value.elements(as: Float.self) == [Float](repeating: 0.25, count: 8))
        #expect(try again.graph[initializer: "bn1.weight"]?.elements(as: Float.self) == [Float](repeating: 2, count: 8))
        #expect(ONNXChecker.check(bytes) == .valid)
    }

    @Test func narrowTypesGetTheNearestValue() throws {
        let model = try Fixtures.model("encodings")
        let half = try #require(model.graph[initializer: "float16.raw"])
        let brain = try #require(model.graph[initializer: "bfloat16.typed"])
        var editor = ONNXEditor(model)
        // A half has 11 significant bits and ends at 65504; a bfloat16 has 8 and rounds ties to even.
        try editor.replace(half, with: [Float(1) / 3, 1e6, -1e6, 2049, 2051, .nan])
        try editor.replace(brain, with: [257.0, 259.0, -257.0, 1 + 0x1p-8 + 0x1p-40, 3e38 * 2, .nan] as [Double])
        let again = try ONNXModel(bytes: try editor.serialized()).graph
        let halves = try #require(again[initializer: "float16.raw"]).elements(as: Float.self)
        #expect(halves.prefix(5) == [0.33325195, .infinity, -.infinity, 2048, 2052])
        #expect(halves[5].isNaN)
        let brains = try #require(again[initializer: "bfloat16.typed"]).elements(as: Float.self)
        // The fourth is above the tie by less than a Float can show.
        #expect(brains.prefix(5) == [256, 260, -256, 1.0078125, .infinity])
        #expect(brains[5].isNaN)
    }

    @Test func editsThatDoNotFitAreRefused() throws {
        let model = try Fixtures.model("encodings")
        let other = try Fixtures.model("encodings")
        var editor = ONNXEditor(model)
        let tensor = model.graph.initializers[0]
        for edit: (inout ONNXEditor) throws -> Void in [
            { try $0.replace(tensor, with: [Float(1)]) },
            { try $0.replace(other.graph.initializers[0], with: [Float](repeating: 0, count: 6)) },
            { try $0.replace(model.graph.nodes[1].attributes[0], with: [1, 2]) },
            { try $0.replace(model.graph.nodes[0].attributes[0], with: [1]) },
            { try $0.detach(model.graph.nodes[3], from: tensor, with: [Float](repeating: 0, count: 6)) },
        ] {
            guard case .invalidEdit? = fault({ try edit(&editor) }) else {
                Issue.record("an edit was accepted")
                continue
            }
        }
        let integers = try #require(model.graph[initializer: "int64.raw"])
        guard
            case .unsupportedElements? = fault({ try editor.replace(integers, with: [Float](repeating: 0, count: 6)) })
        else {
            Issue.record("integers were replaced by floating-point numbers")
            return
        }
        #expect(try editor.serialized() == Fixtures.bytes("encodings"))
    }

    @Test func filesAppearOnlyWhenComplete() throws {
        let model = try Fixtures.model("small-cnn.torchscript-17")
        try withTemporaryFolder { folder in
            let path = "\(folder)/m.onnx"
            try ONNXEditor(model).write(to: path)
            #expect(try [UInt8](Data(contentsOf: URL(filePath: path))) == Fixtures.bytes("small-cnn.torchscript-17"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["m.onnx"])
            guard case .writeFailed? = fault({ try ONNXEditor(model).write(to: "\(folder)/absent/m.onnx") }) else {
                Issue.record("a file was written into a folder that does not exist")
                return
            }
        }
    }
}
