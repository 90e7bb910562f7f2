import Foundation
import ONNXBridge
import Testing

@Suite("Reading ONNX files")
struct ParsingTests {
    @Test(arguments: Fixtures.all)
    func everyFixtureIsRead(name: String) throws {
        let model = try Fixtures.model(name)
        #expect(!model.graph.nodes.isEmpty)
        #expect(model.graph.dataInputs.map(\.name) == ["input"])
        #expect(model.graph.outputs.count == 1)
        #expect(name == "encodings" || model.producerName == "pytorch")
    }

    @Test(arguments: [
        ("small-cnn.torchscript-11", 6, 11), ("small-cnn.torchscript-13", 7, 13), ("small-cnn.torchscript-17", 8, 17),
        ("small-cnn.dynamo-18", 10, 18), ("small-cnn.dynamo-20", 10, 20),
    ])
    func versionsAndShapesAreReported(name: String, ir: Int, opset: Int) throws {
        let model = try Fixtures.model(name)
        #expect(model.irVersion == ir)
        #expect(model.opset == opset)
        #expect(model.graph.inputs[0].dataType == .float)
        #expect(model.graph.inputs[0].shape == [.symbolic("batch"), .fixed(1), .fixed(12), .fixed(12)])
        #expect(model.graph.outputs[0].shape == [.symbolic("batch"), .fixed(10)])
    }

    @Test func nodesCarryTheirAttributes() throws {
        let node = try Fixtures.model("residual.torchscript-17").graph.nodes[1]
        #expect(node.opType == "BatchNormalization")
        #expect(node.inputs.dropFirst() == ["bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var"])
        #expect(node.outputs.count == 3)
        guard case .float(let epsilon)? = node["epsilon"], case .int(let mode)? = node["training_mode"] else {
            Issue.record("attributes are missing: \(node.attributes)")
            return
        }
        #expect(epsilon == 1e-5)
        #expect(mode == 1)
        let pooling = try Fixtures.model("small-cnn.dynamo-18").graph.nodes.first { $0.opType == "MaxPool" }
        guard case .ints(let strides)? = pooling?["strides"], case .string(let pad)? = pooling?["auto_pad"] else {
            Issue.record("attributes are missing: \(pooling?.attributes ?? [])")
            return
        }
        #expect(strides == [2, 2])
        #expect(pad == "NOTSET")
    }

    @Test(arguments: [Fixtures.smallCNN, Fixtures.residual])
    func allExportsOfANetworkHoldTheSameParameters(names: [String]) throws {
        let reference = try Fixtures.model(names[0]).graph
        for name in names.dropFirst() {
            let graph = try Fixtures.model(name).graph
            for tensor in reference.initializers {
                let other = try #require(graph[initializer: tensor.name], "\(name) lacks \(tensor.name)")
                #expect(other.shape == tensor.shape)
                #expect(try other.elements(as: Float.self) == tensor.elements(as: Float.self), "\(name) \(tensor.name)")
            }
        }
    }

    @Test func foldedExportsHaveNoBatchNormLeft() throws {
        let operators = try Fixtures.model("residual.dynamo-20-folded").graph.nodes.map(\.opType)
        #expect(!operators.contains("BatchNormalization"))
        #expect(operators.filter { $0 == "Conv" }.count == 6)
    }

    @Test func metadataOpsetsAndFunctionsAreRead() throws {
        let function = Message(
            .text(1, "Twice"), .text(4, "x"), .text(5, "y"),
            .bytes(7, Message(.text(1, "x"), .text(1, "x"), .text(2, "y"), .text(4, "Add")).bytes),
            .message(9, .text(1, ""), .int(2, 17)), .text(10, "local"))
        let bytes = Message.model(
            graph: .node("Twice", ["input"], ["output"]), .value(11, "input", dims: [2, -1]),
            .value(12, "output", dims: []),
            extra: Message(
                .message(14, .text(1, "key"), .text(2, "value")), .bytes(25, function.bytes),
                .message(8, .text(1, "local"), .int(2, 1)), .int(5, 7), .text(4, "com.example")))
        let model = try ONNXModel(bytes: bytes)
        #expect(model.metadata == ["key": "value"])
        #expect(model.opsets == ["": 17, "local": 1])
        #expect(model.modelVersion == 7)
        #expect(model.domain == "com.example")
        #expect(model.functions.map(\.name) == ["Twice"])
        #expect(model.functions[0].inputs == ["x"])
        #expect(model.functions[0].nodes[0].inputs == ["x", "x"])
        #expect(model.functions[0].opsets == ["": 17])
        #expect(model.graph.inputs[0].shape == [.fixed(2), .unknown])
    }

    @Test func attributesOfOldFilesHaveTheKindOfTheMemberThatIsPresent() throws {
        let node = Message.node(
            "X", [], ["y"], attributes: Message(.text(1, "a"), .int(3, 5)), Message(.text(1, "b"), .float(2, 2)))
        let attributes = try ONNXModel(bytes: Message.model(graph: node)).graph.nodes[0]
        guard case .int(5)? = attributes["a"], case .float(2)? = attributes["b"] else {
            Issue.record("\(attributes.attributes)")
            return
        }
    }

    @Test func theLongNameOfTheStandardDomainMeansTheShortOne() throws {
        let bytes = Message(
            .int(1, 8), .message(7, .text(2, "g")), .message(8, .text(1, "ai.onnx"), .int(2, 13))
        ).bytes
        #expect(try ONNXModel(bytes: bytes).opset == 13)
    }

    @Test func initialisersAmongTheInputsAreNoDataInputs() throws {
        let bytes = Message.model(
            ir: 3, graph: .initializer("w", dims: [1], type: 1, .float(4, 1)), .value(11, "x", dims: [1]),
            .value(11, "w", dims: [1]))
        let graph = try ONNXModel(bytes: bytes).graph
        #expect(graph.inputs.map(\.name) == ["x", "w"])
        #expect(graph.dataInputs.map(\.name) == ["x"])
    }

    @Test func missingFilesAndFoldersAreNamed() {
        #expect(fault { _ = try ONNXModel(path: "/nonexistent/m.onnx") } == .noSuchFile(path: "/nonexistent/m.onnx"))
        let folder = fault { _ = try ONNXModel(path: Fixtures.folder) }
        #expect(folder == .unreadable(path: Fixtures.folder, reason: "it is not a regular file"))
    }

    @Test func whatIsNotONNXIsToldFromWhatIsDamaged() throws {
        for bytes in [[], Array("hello, world".utf8), [0x89, 0x50, 0x4E, 0x47, 0x0D], Array("PK\u{3}\u{4}zip".utf8)] {
            guard case .notONNX? = fault({ _ = try ONNXModel(bytes: bytes) }) else {
                Issue.record("\(bytes) was taken for ONNX")
                continue
            }
        }
        #expect(fault { _ = try ONNXModel(bytes: Message(.int(1, 8)).bytes) } == .missing(field: "graph"))
        #expect(fault { _ = try ONNXModel(bytes: Message(.message(7)).bytes) } == .missing(field: "ir_version"))
        let noOpset = Message(.int(1, 8), .message(7)).bytes
        #expect(fault { _ = try ONNXModel(bytes: noOpset) } == .missing(field: "opset_import"))
    }
}
