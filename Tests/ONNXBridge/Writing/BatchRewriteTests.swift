import Graphs
import ONNXBridge
import Tensors
import Testing

/// Another batch size than the one that a file fixes.
@Suite struct BatchRewriteTests {
    /// A network that flattens by a constant shape, for a batch of `size`: input, outputs, a note and the constant say so.
    private func baked(_ size: Int, shape: [Int]? = nil, _ more: Message...) -> [UInt8] {
        Message.model(
            graph: .node("Relu", ["x"], ["r"]), .node("Reshape", ["r", "s"], ["f"], name: "flatten"),
            .node("Gemm", ["f", "w"], ["y"]), .integers("s", shape ?? [size, 32]), .floats("w", [32, 3]),
            .value(11, "x", dims: [size, 2, 4, 4]), .value(12, "y", dims: [size, 3]),
            .value(13, "f", dims: [size, 32]), .value(13, "r", dims: [size, 2, 4, 4]),
            Message(bytes: more.flatMap(\.bytes)))
    }

    private func rewritten(_ bytes: [UInt8], _ batch: Dimension) throws -> ImportedModel {
        try ImportedModel(ONNXModel(bytes: bytes).settingBatch(to: batch))
    }

    private func refusal(_ bytes: [UInt8], _ batch: Dimension) throws -> String {
        let error = try #require(throws: ImportError.self) { _ = try rewritten(bytes, batch) }
        guard case .batchStays = error else { return "another error: \(error)" }
        return error.description
    }

    @Test(arguments: [1, 4, 32], [[-1], [32]]) func aBakedBatchBecomesAnother(old: Int, rest: [Int]) throws {
        let bytes = baked(old, shape: [old] + rest)
        let model = try rewritten(bytes, .fixed(8))
        let graph = model.file.graph
        #expect(graph.inputs[0].shape == [.fixed(8), .fixed(2), .fixed(4), .fixed(4)])
        #expect(graph.outputs[0].shape == [.fixed(8), .fixed(3)])
        #expect(
            graph.valueInfo.map(\.shape) == [[.fixed(8), .fixed(32)], [.fixed(8), .fixed(2), .fixed(4), .fixed(4)]])
        #expect(try graph[initializer: "s"]?.integers() == [8] + rest.map { Int64($0) })
        #expect(graph.nodes.count == 3 && graph.initializers.map(\.name) == ["s", "w"])
        let x = try randomTensor([8, 2, 4, 4])
        let old = try ImportedModel(ONNXModel(bytes: baked(8)))
        #expect(
            try model.graph.outputs(for: x, parameters: model.parameters)
                == old.graph.outputs(for: x, parameters: old.parameters))
    }

    @Test(arguments: [1, 32]) func aBakedBatchBecomesOpen(old: Int) throws {
        for (rest, constant) in [([32], [-1, 32]), ([-1], [0, -1])] as [([Int], [Int64])] {
            let model = try rewritten(baked(old, shape: [old] + rest), .symbolic("batch"))
            let graph = model.file.graph
            #expect(graph.inputs[0].shape?.first == .symbolic("batch"))
            #expect(graph.outputs[0].shape == [.symbolic("batch"), .fixed(3)])
            #expect(try graph[initializer: "s"]?.integers() == constant)
            for size in [1, 5] {
                let results = try model.graph.outputs(for: randomTensor([size, 2, 4, 4]), parameters: model.parameters)
                #expect(results[0].shape == [size, 3])
            }
            #expect(model.remarks.allSatisfy { !$0.contains("batch size") })
        }
    }

    /// As PyTorch's default exporter flattens: a 0 would be a size of 0, and the −1 is taken.
    @Test func aReshapeThatTakesNoZeroGetsTheSizeThatWasLeftToIt() throws {
        let bytes = Message.network(
            [1, 2, 4, 4], .node("Relu", ["x"], ["r"]),
            .node("Reshape", ["r", "s"], ["f"], attributes: .attribute("allowzero", int: 1)),
            .node("Gemm", ["f", "w"], ["y"]), .integers("s", [1, -1]), .floats("w", [32, 3]))
        let open = try rewritten(bytes, .symbolic("batch"))
        #expect(try open.file.graph[initializer: "s"]?.integers() == [-1, 32])
        let y = try open.graph.outputs(for: randomTensor([5, 2, 4, 4]), parameters: open.parameters)
        #expect(y[0].shape == [5, 3])
        #expect(try rewritten(bytes, .fixed(5)).file.graph[initializer: "s"]?.integers() == [5, -1])
    }

    @Test func constantsInNodesAndListsOnTheWayAreFollowed() throws {
        func list(_ output: String, _ values: [Int]) -> Message {
            .node("Constant", [], [output], attributes: .attribute("value_ints", ints: values))
        }
        let bytes = Message.network(
            [2, 2, 4, 4], list("b", [2]), list("c", [-1]),
            .node("Concat", ["b", "c"], ["s"], attributes: .attribute("axis", int: 0)),
            .node("Reshape", ["x", "s"], ["f"]), list("e", [2, 32]), .node("Expand", ["f", "e"], ["y"]))
        let model = try rewritten(bytes, .fixed(6))
        #expect(model.graph.type(of: model.graph.outputs[0]) == .real([6, 32]))
        let open = try rewritten(bytes, .symbolic("n"))
        let y = try open.graph.outputs(for: randomTensor([3, 2, 4, 4]), parameters: open.parameters)
        #expect(y[0].shape == [3, 32])
    }

    @Test func aSizeThatTheExporterLeftInAnOpenModelIsReplaced() throws {
        let bytes = Message.network(
            [-1, 8, 4, 4], .node("Reshape", ["x", "s"], ["f"]), .node("Gemm", ["f", "w"], ["y"], name: "dense"),
            .integers("s", [16, -1]), .floats("w", [128, 10]))
        #expect(throws: ImportError.self) { try ImportedModel(ONNXModel(bytes: bytes)) }
        #expect(try rewritten(bytes, .symbolic("batch")).file.graph[initializer: "s"]?.integers() == [0, -1])
        #expect(try rewritten(bytes, .fixed(3)).file.graph[initializer: "s"]?.integers() == [3, -1])
    }

    @Test func aDimensionThatHoldsSeveralImagesPartsFollows() throws {
        let bytes = Message.model(
            graph: .node("Flatten", ["x"], ["y"], attributes: .attribute("axis", int: 2)),
            .value(11, "x", dims: [4, 2, 3]), .value(12, "y", dims: [8, 3]))
        #expect(try rewritten(bytes, .fixed(5)).file.graph.outputs[0].shape == [.fixed(10), .fixed(3)])
        #expect(try rewritten(bytes, .symbolic("n")).file.graph.outputs[0].shape == [.unknown, .fixed(3)])
    }

    /// Sizes of an image's height and width, which happen to be the batch's.
    @Test func sizesOfOtherDimensionsStay() throws {
        let bytes = Message.network(
            [12, 1, 4, 4], opset: 18,
            .node(
                "Resize", ["x", "", "", "s"], ["r"], name: "resize",
                attributes: .attribute("axes", ints: [2, 3])),
            .node("Flatten", ["r"], ["y"]), .integers("s", [12, 12]))
        let model = try rewritten(bytes, .fixed(16))
        #expect(try model.file.graph[initializer: "s"]?.integers() == [12, 12])
        #expect(model.file.graph.dataInputs[0].shape?.first == .fixed(16))
    }

    @Test func whatNeedsNoChangeStaysByteForByte() throws {
        let model = try ONNXModel(bytes: baked(4))
        #expect(try ONNXEditor(model.settingBatch(to: .fixed(4))).serialized() == baked(4))
        let open = try ONNXModel(path: Fixtures.path("small-cnn.torchscript-17"))
        #expect(
            try ONNXEditor(open.settingBatch(to: .symbolic("other"))).serialized()
                == Fixtures.bytes("small-cnn.torchscript-17"))
    }

    @Test func anOpenBatchCanBeFixed() throws {
        let model = try ONNXModel(path: Fixtures.path("small-cnn.torchscript-17")).settingBatch(to: .fixed(12))
        #expect(
            model.graph.dataInputs[0].shape?.first == .fixed(12) && model.graph.outputs[0].shape?.first == .fixed(12))
        #expect(throws: Never.self) { try ImportedModel(model) }
    }

    @Test func whatCannotBeChangedSafelyIsNamed() throws {
        // A shape that begins with a multiple of the batch.
        let pairs = Message.network(
            [4, 2, 4, 4], .node("Reshape", ["x", "s"], ["f"], name: "pairs"), .node("Gemm", ["f", "w"], ["y"]),
            .integers("s", [2, 64]), .floats("w", [64, 3]))
        #expect(try refusal(pairs, .fixed(8)).contains("node 'pairs'"))
        // A constant that something else reads.
        let other = Message.node("ConstantOfShape", ["s"], ["z"], name: "other")
        #expect(
            try refusal(baked(2, other), .fixed(8)).contains(
                "node 'flatten': its shape is a constant that 'other' reads"))
        // What is shaped does not begin with the batch, though the constant does begin with its size.
        let turned = Message.network(
            [2, 2, 4], .node("Transpose", ["x"], ["t"], attributes: .attribute("perm", ints: [1, 0, 2])),
            .node("Reshape", ["t", "s"], ["y"], name: "mix"), .integers("s", [2, -1]))
        #expect(try refusal(turned, .fixed(6)).contains("node 'mix'"))
        // No constant says 'as many as there are images' to an Expand of a parameter.
        let token = Message.network(
            [2, 3, 4], .node("Expand", ["token", "s"], ["t"], name: "token"),
            .node("Concat", ["x", "t"], ["y"], attributes: .attribute("axis", int: 1)), .floats("token", [1, 1, 4]),
            .integers("s", [2, 1, 4]))
        #expect(try refusal(token, .symbolic("n")).contains("node 'token': Expand cannot be told"))
        #expect(try rewritten(token, .fixed(5)).graph.outputs.count == 1)
        for size in [0, -1, 65_537, .max] { #expect(try refusal(baked(2), .fixed(size)).contains("from 1 to 65536")) }
        let shapeless = Message.model(
            graph: .node("Relu", ["x"], ["y"]), .message(11, .text(1, "x"), .message(2, .message(1, .int(1, 1)))),
            .value(12, "y", dims: [1]))
        #expect(try refusal(shapeless, .fixed(2)).contains("'x' does not say its dimensions"))
        let openImages = Message.network([2, 3, -1, -1], .node("Relu", ["x"], ["y"]))
        #expect(try refusal(openImages, .fixed(3)).contains("the size of the images is open"))
    }
}
