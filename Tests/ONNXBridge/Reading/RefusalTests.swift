import ONNXBridge
import Testing

/// A model with a node that cannot be imported, and what the message about it has to say.
struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let model: [UInt8]
    let says: [String]

    init(_ name: String, opset: Int = 17, outputs: [String] = ["y"], _ parts: Message..., says: String...) {
        testDescription = name
        model = Message.model(
            opset: opset, ir: opset < 9 ? 3 : 8,
            graph: Message(bytes: parts.flatMap(\.bytes)), .value(11, "x", dims: [-1, 2, 6, 6]),
            Message(bytes: outputs.flatMap { Message.value(12, $0, dims: [-1]).bytes }))
        self.says = says
    }

    static func relu(_ from: String = "x", _ to: String = "y", name: String = "") -> Message {
        .node("Relu", [from], [to], name: name)
    }

    static func norm(_ outputs: String..., attributes: Message...) -> Message {
        let operands = ["x", "s", "b", "m", "v"].map { Message.text(1, $0) } + outputs.map { Message.text(2, $0) }
        let kind = [Message.text(3, "norm"), Message.text(4, "BatchNormalization")]
        let node = operands + kind + attributes.map { Message.bytes(5, $0.bytes) }
        let weights = ["s", "b", "m", "v"].map { Message.floats($0, [2], [1, 1]) }
        return Message(bytes: ([Message.bytes(1, node.flatMap(\.bytes))] + weights).flatMap(\.bytes))
    }

    static let attributes: [Refusal] = [
        Refusal(
            "an attribute that the operator lacks",
            .node("Relu", ["x"], ["y"], name: "act", attributes: .attribute("alpha", float: 0.1)),
            says: "'act' (Relu)", "attribute 'alpha'", "opset 17"),
        Refusal(
            "an attribute of a later opset", opset: 13,
            .node("Reshape", ["x", "s"], ["y"], attributes: .attribute("allowzero", int: 1)), .integers("s", [0, -1]),
            says: "attribute 'allowzero'", "opset 13"),
        Refusal(
            "an attribute that has become an operand", opset: 18,
            .node("ReduceMean", ["x"], ["y"], attributes: .attribute("axes", ints: [1])), says: "attribute 'axes'"),
        Refusal(
            "an attribute given twice",
            .node(
                "Concat", ["x", "x"], ["y"], attributes: .attribute("axis", int: 0), .attribute("axis", int: 1)),
            says: "attribute 'axis' occurs twice"),
        Refusal(
            "an attribute of another kind",
            .node("LeakyRelu", ["x"], ["y"], attributes: .attribute("alpha", text: "0.1")),
            says: "attribute 'alpha' must be a number"),
        Refusal(
            "pads beside auto_pad",
            .node(
                "Conv", ["x", "w"], ["y"], name: "conv", attributes: .attribute("auto_pad", text: "SAME_UPPER"),
                .attribute("pads", ints: [1, 1, 1, 1])),
            .floats("w", [3, 2, 3, 3]), says: "'conv'", "pads [1, 1, 1, 1] and auto_pad SAME_UPPER"),
        Refusal(
            "an unknown auto_pad",
            .node(
                "MaxPool", ["x"], ["y"], attributes: .attribute("kernel_shape", ints: [2, 2]),
                .attribute("auto_pad", text: "SAME")), says: "auto_pad 'SAME'", "SAME_UPPER"),
        Refusal("no kernel", .node("MaxPool", ["x"], ["y"]), says: "attribute 'kernel_shape' is missing"),
        Refusal(
            "a kernel of four dimensions",
            .node("MaxPool", ["x"], ["y"], attributes: .attribute("kernel_shape", ints: [2, 2, 2, 2])),
            says: "4 dimensions; images of one to three dimensions"),
        Refusal(
            "a kernel of three dimensions on planes",
            .node("MaxPool", ["x"], ["y"], attributes: .attribute("kernel_shape", ints: [2, 2, 2])),
            says: "4 dimensions; a kernel of 3 needs 5"),
        Refusal(
            "a convolution of three dimensions on planes", .node("Conv", ["x", "w"], ["y"]),
            .floats("w", [3, 2, 3, 3, 3]), says: "4 dimensions; a kernel of 3 needs 5"),
        Refusal(
            "a convolution of four dimensions", .node("Conv", ["x", "w"], ["y"]), .floats("w", [3, 2, 3, 3, 3, 3]),
            says: "its weights have 6 dimensions"),
        Refusal(
            "statistics for each pixel", opset: 8, norm("y", attributes: .attribute("spatial", int: 0)),
            says: "'norm'", "spatial = 0"),
        Refusal("no axis", .node("Concat", ["x", "x"], ["y"]), says: "attribute 'axis' is missing"),
        Refusal(
            "a cast to bytes", .node("Cast", ["x"], ["y"], attributes: .attribute("to", int: 2)),
            says: "cast to uint8", "int64"),
        Refusal(
            "an image cut out without saying where",
            .node(
                "Resize", ["x", "", "s"], ["y"],
                attributes: .attribute("coordinate_transformation_mode", text: "tf_crop_and_resize")),
            .floats("s", [4], [1, 1, 2, 2]), says: "operand 1 (roi)", "tf_crop_and_resize"),
        Refusal(
            "antialiasing before its opset",
            .node("Resize", ["x", "", "s"], ["y"], attributes: .attribute("antialias", int: 1)),
            .floats("s", [4], [1, 1, 2, 2]), says: "attribute 'antialias' is not one that it has"),
        Refusal(
            "a label twice in the result",
            .node("Einsum", ["x"], ["y"], attributes: .attribute("equation", text: "nchw->nchh")),
            says: "'nchw->nchh'", "each once"),
        Refusal(
            "dimensions without names that are too few",
            .node("Einsum", ["x"], ["y"], attributes: .attribute("equation", text: "...nchwd->...d")),
            says: "has 4 dimensions, which do not fit"),
        Refusal(
            "a letter that is none", .node("Einsum", ["x"], ["y"], attributes: .attribute("equation", text: "nch.->n")),
            says: "letters"),
        Refusal(
            "a part that is not there",
            .node("SplitToSequence", ["x", "s"], ["l"], attributes: .attribute("axis", int: 2)),
            .node("SequenceAt", ["l", "i"], ["y"]), .integers("s", [4], dims: []), .integers("i", [2], dims: []),
            says: "part from 8 to 12 does not lie in a dimension of 6"),
        Refusal(
            "parts that are larger than the whole",
            .node("SplitToSequence", ["x", "s"], ["l"], attributes: .attribute("axis", int: 2)),
            .node("SequenceAt", ["l", "i"], ["y"]), .integers("s", [4, 3]), .integers("i", [1], dims: []),
            says: "part from 4 to 7 does not lie in a dimension of 6"),
        Refusal(
            "an operand without labels",
            .node("Einsum", ["x", "x"], ["y"], attributes: .attribute("equation", text: "nchw->nc")),
            says: "1 operands, the node 2"),
        Refusal(
            "parts that are not there", opset: 18,
            .node("Split", ["x"], ["y", "z"], attributes: .attribute("num_outputs", int: 3)),
            says: "2 outputs, but num_outputs is 3"),
        Refusal("a constant without value", .node("Constant", [], ["c"]), relu(), says: "one attribute, its value"),
        Refusal(
            "a constant text", .node("Constant", [], ["c"], attributes: .attribute("value_string", text: "a")), relu(),
            says: "'value_string' holds neither"),
        Refusal(
            "a shape filled with nothing",
            .node("ConstantOfShape", ["s"], ["y"], attributes: .attribute("value", int: 1)),
            .integers("s", [2]), says: "attribute 'value' must be a tensor of one element"),
    ]

    static let values: [Refusal] = [
        Refusal(
            "indices of a pooling of three dimensions that are used", .node("Unsqueeze", ["x", "a"], ["v"]),
            .integers("a", [2]),
            .node(
                "MaxPool", ["v"], ["y", "where"], name: "pool",
                attributes: .attribute("kernel_shape", ints: [1, 2, 2])),
            .node("Cast", ["where"], ["z"], attributes: .attribute("to", int: 1)), says: "'pool'", "'where' is used"),
        Refusal(
            "statistics of training that are used, by their number", opset: 13, norm("y", "m2", "v2", "m3", "v3"),
            relu("v3", "z"), says: "'norm'", "'v3' is used"),
        Refusal("too many operands", .node("Relu", ["x", "x"], ["y"]), says: "takes 1 operands, but was given 2"),
        Refusal(
            "too many bounds", .node("Clip", ["x", "", "", "x"], ["y"]), says: "takes at most 3 operands"),
        Refusal("no operands", .node("Relu", [], ["y"]), says: "takes 1 operands, but was given 0"),
        Refusal(
            "a bound that depends on data",
            .node("ReduceMean", ["x"], ["m"], attributes: .attribute("keepdims", int: 0)),
            .node("Clip", ["x", "m"], ["y"], name: "clip"), says: "'clip'", "operand 1 (min)", "does not depend on data"
        ),
        Refusal(
            "a ratio of 1", .node("Dropout", ["x", "r"], ["y"]), .floats("r", [], [1]), says: "less than 1, not 1.0"),
        Refusal(
            "a text as an operand", .node("Add", ["x", "t"], ["y"]),
            .initializer("t", dims: [1], type: 8, .text(6, "a")), says: "'t' has elements of type string"),
        Refusal(
            "a transposed convolution's bias of another length",
            .node("ConvTranspose", ["x", "w", "b"], ["y"], name: "up"), .floats("w", [2, 3, 2, 2]), .floats("b", [1]),
            says: "'up' (ConvTranspose)", "the bias has the shape [1]", "3 channels"),
        Refusal(
            "a momentum that is none",
            .node(
                "BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], name: "norm",
                attributes: .attribute("momentum", float: .nan)), .floats("s", [2], [1, 1]), .floats("b", [2], [0, 0]),
            .floats("m", [2], [0, 0]), .floats("v", [2], [1, 1]), says: "'norm'", "'momentum' must be from 0 to 1"),
        Refusal("a value that nobody makes", relu("nothing"), says: "'nothing' is computed by no node before it"),
        Refusal("a node that reads its own result", relu("y", "y"), says: "'y' is computed by no node before it"),
        Refusal(
            "a cycle", relu("b", "a"), relu("a", "b"), relu("b"), says: "'b' is computed by no node before it"),
        Refusal("nodes in the wrong order", relu("a", "y"), relu("x", "a"), says: "'a' is computed by no node before"),
        Refusal("a name given twice", relu(), relu(name: "second"), says: "'second'", "'y' is the name of another"),
        Refusal("an input's name", relu("x", "x"), relu("x", "y"), says: "'x' is the name of another value"),
        Refusal(
            "a constant's name", relu("x", "w"), .node("Add", ["x", "w"], ["y"]), .floats("w", [1]),
            says: "'w' is the name of another value"),
        Refusal(
            "a parameter's name", .node("Identity", ["w"], ["v"]), .node("Identity", ["w"], ["v"]),
            .node("MatMul", ["x", "v"], ["y"]), .node("MatMul", ["x", "w"], ["z"]), .floats("w", [6, 2]),
            says: "'v' is the name of another value"),
        Refusal(
            "a computed shape that does not fit", .node("Shape", ["x"], ["all"]), .node("Gather", ["all", "i"], ["n"]),
            .node("Concat", ["n", "five"], ["s"], attributes: .attribute("axis", int: 0)),
            .node("Reshape", ["x", "s"], ["y"], name: "reshape"), .integers("i", [0]), .integers("five", [5]),
            says: "'reshape' (Reshape)", "72 elements", "[1, 5]"),
        Refusal(
            "integers from data", .node("Shape", ["x"], ["s"]), .node("Gather", ["s", "i"], ["n"]),
            .node("ConstantOfShape", ["n"], ["z"]), .node("CastLike", ["x", "n"], ["c"], name: "cast"),
            .node("Gather", ["x", "c"], ["y"]), .integers("i", [0]), says: "'cast' (CastLike)", "do not depend on data"),
        Refusal(
            "a sparse constant", .node("Add", ["x", "w"], ["y"]),
            .message(15, .bytes(1, Message.tensor("w", dims: [0], type: 1, Message()).bytes)), says: "'w' is a sparse"),
        Refusal(
            "another domain",
            .bytes(
                1,
                Message(.text(1, "x"), .text(2, "y"), .text(3, "own"), .text(4, "Relu"), .text(7, "com.example")).bytes),
            says: "'own' (com.example.Relu)", "domain 'com.example'"),
    ]
}

/// What is not supported is refused by name, never read as something else.
@Suite struct RefusalTests {
    @Test(arguments: Refusal.attributes + Refusal.values)
    func aNodeThatIsNotSupportedIsNamedWithTheReason(_ refusal: Refusal) throws {
        let error = try #require(throws: ImportError.self) { try ImportedModel(ONNXModel(bytes: refusal.model)) }
        guard case .unsupported(let nodes) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(nodes.count == 1 || refusal.testDescription == "a cycle", "\(error)")
        for text in refusal.says { #expect(error.description.contains(text), "\(error)") }
    }

    @Test func everyNodeThatCannotBeImportedIsListedOnce() throws {
        let bytes = Message.network(
            [-1, 2, 6, 6], .node("STFT", ["x"], ["a"], name: "first"), Refusal.relu("a", "b", name: "behind"),
            .node("NonZero", ["b"], ["c"], name: "second"), .node("TopK", ["x"], ["y"]))
        let error = try #require(throws: ImportError.self) { try ImportedModel(ONNXModel(bytes: bytes)) }
        guard case .unsupported(let nodes) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(nodes.map(\.name) == ["first", "second", "TopK → y"])
        #expect(nodes.map(\.operation) == ["STFT", "NonZero", "TopK"])
        #expect(nodes.allSatisfy { $0.reason == "this operator is not supported" })
    }

    @Test(arguments: [6, 29, 0, -1, 1 << 40]) func anOpsetOutOfRangeIsRefused(version: Int) throws {
        let bytes = Message.network([1, 2], opset: version, Refusal.relu())
        #expect(throws: ImportError.opset(version)) { try ImportedModel(ONNXModel(bytes: bytes)) }
    }

    @Test func anInterfaceThatIsNoNetworksIsRefused() throws {
        func error(_ parts: Message...) throws -> ImportError {
            let bytes = Message.model(graph: Message(bytes: parts.flatMap(\.bytes)))
            return try #require(throws: ImportError.self) { try ImportedModel(ONNXModel(bytes: bytes)) }
        }
        let (x, y) = (Message.value(11, "x", dims: [1, 2]), Message.value(12, "y", dims: [1, 2]))
        #expect(try error(Refusal.relu(), y) == .interface(inputs: [], outputs: ["y"]))
        #expect(try error(Refusal.relu(), x) == .interface(inputs: ["x"], outputs: []))
        #expect(
            try error(Refusal.relu(), x, .value(11, "z", dims: []), y)
                == .interface(inputs: ["x", "z"], outputs: ["y"]))
        #expect(try error(Refusal.relu("x", "z"), x, y) == .missingOutput("y"))
        let indices = Message.message(
            11, .text(1, "x"), .message(2, .message(1, .int(1, 7), .message(2, .message(1, .int(1, 3))))))
        #expect(try error(Refusal.relu(), indices, y) == .inputType(name: "x", type: "int64"))
    }
}
