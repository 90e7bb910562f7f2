import ONNXBridge
import Testing

@Suite("Inference form")
struct InferenceFormTests {
    @Test(arguments: ["residual.torchscript-11", "residual.torchscript-13", "residual.torchscript-17"])
    func batchNormLosesItsTrainingOutputs(name: String) throws {
        let model = try Fixtures.model(name)
        var editor = ONNXEditor(model)
        #expect(try editor.convertToInferenceForm().count == 6)
        let bytes = try editor.serialized()
        let again = try ONNXModel(bytes: bytes)
        for (old, new) in zip(model.graph.nodes, again.graph.nodes) {
            #expect(new.outputs == [old.outputs[0]])
            #expect(new.inputs == old.inputs)
            #expect(new.attributes.map(\.name) == old.attributes.map(\.name).filter { $0 != "training_mode" })
        }
        #expect(ONNXChecker.check(bytes) == .valid)
        var twice = ONNXEditor(again)
        #expect(try twice.convertToInferenceForm().isEmpty)
        #expect(try twice.serialized() == bytes)
    }

    @Test(arguments: [
        "residual.dynamo-20-unoptimized", "residual.dynamo-18-unoptimized", "fresh-residual.torchscript-17",
        "small-cnn.torchscript-17", "dropout.torchscript-11",
    ])
    func modelsInInferenceFormStayAsTheyAre(name: String) throws {
        var editor = ONNXEditor(try Fixtures.model(name))
        #expect(try editor.convertToInferenceForm().isEmpty)
        #expect(try editor.serialized() == Fixtures.bytes(name))
    }

    @Test(arguments: ["dropout.torchscript-17", "dropout.dynamo-20"])
    func dropoutLosesAThirdInputThatIsTrue(name: String) throws {
        let model = try Fixtures.model(name)
        var editor = ONNXEditor(model)
        #expect(try editor.convertToInferenceForm().count == 1)
        let bytes = try editor.serialized()
        let again = try ONNXModel(bytes: bytes)
        for (old, new) in zip(model.graph.nodes, again.graph.nodes) {
            #expect(new.inputs == (old.opType == "Dropout" ? Array(old.inputs.prefix(2)) : old.inputs))
            #expect(new.outputs == old.outputs)
        }
        if name == "dropout.torchscript-17" { #expect(ONNXChecker.check(bytes) == .valid) }
    }

    @Test func dropoutStaysWhereTheThirdInputIsFalseOrVaries() throws {
        func model(_ third: Message...) -> [UInt8] {
            Message.model(
                graph: .node("Dropout", ["x", "", "t"], ["y"]), Message(bytes: third.flatMap(\.bytes)),
                .value(11, "x", dims: [1]), .value(12, "y", dims: [1]))
        }
        for bytes in [
            model(.initializer("t", dims: [], type: 9, .int(5, 0))), model(.value(11, "t", dims: [])),
            model(.node("Not", ["f"], ["t"]), .initializer("f", dims: [], type: 9, .int(5, 0))),
        ] {
            var editor = ONNXEditor(try ONNXModel(bytes: bytes))
            #expect(try editor.convertToInferenceForm().isEmpty)
            #expect(try editor.serialized() == bytes)
        }
        let passedOn = model(.initializer("f", dims: [], type: 9, .int(5, 1)), .node("Identity", ["f"], ["t"]))
        var editor = ONNXEditor(try ONNXModel(bytes: passedOn))
        #expect(try editor.convertToInferenceForm() == ["Dropout → y"])
    }

    private func normalization(opset: Int, _ further: Message...) -> [UInt8] {
        Message.model(
            opset: opset,
            graph: .node(
                "BatchNormalization", ["x", "s", "b", "m", "v"], ["y", "m1", "v1"], name: "bn",
                attributes: .attribute("training_mode", int: 1)), .value(11, "x", dims: [1, 1]),
            .value(12, "y", dims: [1, 1]), .value(13, "m1", dims: [1]), .value(13, "z", dims: [1]),
            Message(bytes: further.flatMap(\.bytes)))
    }

    @Test func notesOnOutputsThatAreGoneGoAsWell() throws {
        var editor = ONNXEditor(try ONNXModel(bytes: normalization(opset: 15)))
        try editor.convertToInferenceForm()
        #expect(try ONNXModel(bytes: try editor.serialized()).graph.valueInfo.map(\.name) == ["z"])
    }

    @Test func trainingOutputsInUseAreReported() throws {
        for further in [
            Message.node("Relu", ["m1"], ["q"]), .value(12, "m1", dims: [1]),
            .node(
                "If", ["c"], ["q"],
                attributes: Message(
                    .text(1, "then_branch"), .message(6, .node("Relu", ["m1"], ["q2"])), .int(20, 5))),
        ] {
            var editor = ONNXEditor(try ONNXModel(bytes: normalization(opset: 15, further)))
            let error = fault { try editor.convertToInferenceForm() }
            #expect(error == .outputsInUse(node: "bn", outputs: ["m1"]))
        }
    }

    @Test func bodiesOfFunctionsAreConverted() throws {
        let node = Message.node(
            "BatchNormalization", ["x", "s", "b", "m", "v"], ["y", "m1", "v1"], name: "inner",
            attributes: .attribute("training_mode", int: 1)
        ).bytes
        // A function's nodes have field number 7, a graph's 1.
        let function = Message(
            .text(1, "Norm"), Message(bytes: Message.tag(7, 2) + node.dropFirst()), .text(5, "y"),
            .message(9, .text(1, ""), .int(2, 17)), .text(10, "local"))
        let bytes = Message.model(graph: .node("Norm", ["x"], ["y"]), extra: .bytes(25, function.bytes))
        var editor = ONNXEditor(try ONNXModel(bytes: bytes))
        #expect(try editor.convertToInferenceForm() == ["inner"])
        let again = try ONNXModel(bytes: try editor.serialized())
        #expect(again.functions[0].nodes[0].outputs == ["y"])
        #expect(again.functions[0].nodes[0].attributes.isEmpty)
    }

    @Test func aFormThatACallerDecidesOnIsReported() throws {
        let reference = Message(.text(1, "training_mode"), .text(21, "mode"), .int(20, 2))
        let bytes = Message.model(
            graph: .node("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], attributes: reference))
        var editor = ONNXEditor(try ONNXModel(bytes: bytes))
        guard case .invalidEdit? = fault({ try editor.convertToInferenceForm() }) else {
            Issue.record("a reference was taken for a value")
            return
        }
    }
}
