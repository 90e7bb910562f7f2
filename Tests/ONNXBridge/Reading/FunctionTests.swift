import Buffers
import Foundation
import Graphs
import ONNXBridge
import Tensors
import Testing

/// Operators that a model defines itself: their calls are read as what their bodies do.
@Suite struct FunctionTests {
    /// A function of the domain `own`.
    static func function(
        _ name: String, _ inputs: [String], _ outputs: [String], opset: Int? = 17, attributes: [String] = [],
        defaults: [Message] = [], _ nodes: Message...
    ) -> Message {
        var bytes = Message.text(1, name).bytes
        for input in inputs { bytes += Message.text(4, input).bytes }
        for output in outputs { bytes += Message.text(5, output).bytes }
        for attribute in attributes { bytes += Message.text(6, attribute).bytes }
        for node in nodes { bytes += Self.inFunction(node.bytes) }
        if let opset { bytes += Message.message(9, .text(1, ""), .int(2, opset)).bytes }
        bytes += Message.text(10, "own").bytes
        for value in defaults { bytes += Message.bytes(11, value.bytes).bytes }
        return .bytes(25, bytes)
    }

    /// Nodes as a function has them, in field 7; a graph's are in field 1.
    private static func inFunction(_ nodes: [UInt8]) -> [UInt8] {
        var (result, position) = ([UInt8](), 0)
        while position < nodes.count {
            var (length, shift, next) = (0, 0, position + 1)
            repeat {
                length |= Int(nodes[next] & 0x7F) << shift
                shift += 7
                next += 1
            } while nodes[next - 1] >= 0x80
            result += [0x3A] + nodes[position + 1..<next + length]
            position = next + length
        }
        return result
    }

    static func call(
        _ function: String, _ inputs: [String], _ outputs: [String], name: String = "", attributes: Message...
    ) -> Message {
        let node = inputs.flatMap { Message.text(1, $0).bytes } + outputs.flatMap { Message.text(2, $0).bytes }
        let rest = Message.text(3, name).bytes + Message.text(4, function).bytes + Message.text(7, "own").bytes
        return .bytes(1, node + rest + attributes.flatMap { Message.bytes(5, $0.bytes).bytes })
    }

    /// An attribute of a body that takes the call's.
    static func reference(_ name: String, to outer: String, type: Int) -> Message {
        Message(.text(1, name), .text(21, outer), .int(20, type))
    }

    private func model(_ dims: [Int], functions: Message..., outputs: [String] = ["y"], graph: Message...) throws
        -> ImportedModel
    {
        let results = outputs.map { Message.message(12, .text(1, $0), .message(2, .message(1, .int(1, 1)))) }
        return try ImportedModel(
            ONNXModel(
                bytes: Message.model(
                    graph: Message(bytes: (graph + [.value(11, "x", dims: dims)] + results).flatMap(\.bytes)),
                    extra: Message(bytes: functions.flatMap(\.bytes)))))
    }

    private func outputs(_ model: ImportedModel, _ input: [Float], _ shape: [Int]) throws -> [[Float]] {
        try model.graph.outputs(for: Tensor(shape: shape, elements: input), parameters: model.parameters)
            .map(\.elements)
    }

    private func reasons(_ body: () throws -> ImportedModel) throws -> [String] {
        let error = try #require(throws: ImportError.self) { _ = try body() }
        guard case .unsupported(let nodes) = error else { return [error.description] }
        return nodes.map(\.description)
    }

    private static let dense = function(
        "Dense", ["x", "w", "b"], ["y"], .node("MatMul", ["x", "w"], ["t"]), .node("Add", ["t", "b"], ["y"]))

    @Test func whatFollowsFromABodysConstantsAloneIsComputedOnceForAllCalls() throws {
        // 2^22 elements: what may be computed before any data is known covers four of these bodies.
        let shape = Message.node(
            "Constant", [], ["s"], attributes: .attribute("value_ints", ints: [1 << 11, 1 << 11]))
        let body = Self.function(
            "Large", ["a"], ["b"], shape, .node("ConstantOfShape", ["s"], ["w"]), .node("Exp", ["w"], ["e"]),
            .node("ReduceMax", ["e"], ["m"], attributes: .attribute("keepdims", int: 0)),
            .node("Add", ["a", "m"], ["b"]))
        let calls = (0..<20).map { call in
            Self.call("Large", [call == 0 ? "x" : "y\(call - 1)"], [call == 19 ? "y" : "y\(call)"])
        }
        let model = try model([-1, 2], functions: body, graph: Message(bytes: calls.flatMap(\.bytes)))
        #expect(model.graph.nodes.map { type(of: $0.operation).name } == Array(repeating: "Add", count: 20))
        #expect(try outputs(model, [1, 2, 3, 4], [2, 2]) == [[21, 22, 23, 24]])
    }

    @Test func whatACallGivesIsNotShared() throws {
        let body = Self.function(
            "Power", ["a"], ["b"], attributes: ["of"],
            .node("Constant", [], ["w"], attributes: .attribute("value_float", float: 2)),
            .node("Neg", ["w"], ["n"]),
            .node("Elu", ["n"], ["c"], attributes: Self.reference("alpha", to: "of", type: 1)),
            .node("Add", ["a", "c"], ["b"]))
        let model = try model(
            [-1, 1], functions: body,
            graph: Self.call("Power", ["x"], ["t"], attributes: .attribute("of", float: 1)),
            Self.call("Power", ["t"], ["y"], attributes: .attribute("of", float: 3)))
        let step = Float(exp(-2.0) - 1)
        let result = try outputs(model, [0], [1, 1])[0][0]
        #expect(abs(result - 4 * step) < 1e-6)
    }

    @Test func weightsThatAreHandedToAFunctionAreTrainedAndWrittenBack() throws {
        let weights = Message(.floats("w1", [2, 3]), .floats("b1", [3]), .floats("w2", [3, 2]), .floats("b2", [2]))
        let model = try model(
            [-1, 2], functions: Self.dense,
            graph: Self.call("Dense", ["x", "w1", "b1"], ["h"], name: "first"), .node("Relu", ["h"], ["r"]),
            Self.call("Dense", ["r", "w2", "b2"], ["y"], name: "second"), weights)
        let plain = try self.model(
            [-1, 2], graph: .node("MatMul", ["x", "w1"], ["t"]), .node("Add", ["t", "b1"], ["h"]),
            .node("Relu", ["h"], ["r"]), .node("MatMul", ["r", "w2"], ["u"]), .node("Add", ["u", "b2"], ["y"]), weights)
        #expect(model.parameters.layout == plain.parameters.layout)
        #expect(model.parameters.layout.segments.map(\.kind) == [.weight, .bias, .weight, .bias])
        let names = ["first/MatMul", "first/Add", "Relu → r", "second/MatMul", "second/Add"]
        #expect(model.graph.nodes.map(\.name) == names)
        try withTemporaryFolder { folder in
            let path = "\(folder)/model.onnx"
            let trained = try model.parameters.copy()
            for index in 0..<trained.values.count { trained.values.pointer[index] = Float(index % 5) / 4 - 0.25 }
            try model.write(trained.values, to: path)
            let again = try ImportedModel(path: path)
            #expect(again.parameters.values.elements.elementsEqual(trained.values.elements))
            #expect(again.file.functions.count == 1 && again.file.graph.nodes.count == 3)
            let x = try Tensor(shape: [2, 2], elements: [1, 2, -3, 0.5] as [Float])
            #expect(
                try again.graph.outputs(for: x, parameters: again.parameters)
                    == plain.graph.outputs(for: x, parameters: trained))
        }
    }

    @Test func attributesOfTheCallAndTheirDefaultsReachTheBody() throws {
        let leaky = Self.function(
            "Leaky", ["x"], ["y"], defaults: [.attribute("slope", float: 0.5)],
            .node("LeakyRelu", ["x"], ["y"], attributes: Self.reference("alpha", to: "slope", type: 1)))
        // What neither the call nor a default gives is left out: then the operator's own default holds.
        let free = Self.function(
            "Free", ["x"], ["y"], attributes: ["slope"],
            .node("LeakyRelu", ["x"], ["y"], attributes: Self.reference("alpha", to: "slope", type: 1)))
        // The attribute goes on through a second function.
        let outer = Self.function(
            "Outer", ["x"], ["y"], attributes: ["steepness"],
            Self.call("Leaky", ["x"], ["y"], attributes: Self.reference("slope", to: "steepness", type: 1)))
        let model = try model(
            [1], functions: leaky, free, outer, outputs: ["a", "b", "c", "d", "e"],
            graph: Self.call("Leaky", ["x"], ["a"]),
            Self.call("Leaky", ["x"], ["b"], attributes: .attribute("slope", float: 0.25)),
            Self.call("Outer", ["x"], ["c"], attributes: .attribute("steepness", float: 0.125)),
            Self.call("Free", ["x"], ["d"]), Self.call("Outer", ["x"], ["e"]))
        #expect(try outputs(model, [-1], [1]) == [[-0.5], [-0.25], [-0.125], [-0.01], [-0.5]])
    }

    @Test func operandsAndResultsMayBeLeftOutHandedOnOrGivenTwice() throws {
        let clip = Self.function("Bound", ["x", "low", "high"], ["y"], .node("Clip", ["x", "low", "high"], ["y"]))
        let several = Self.function(
            "Several", ["x"], ["x", "y", "y", "z"], .node("Relu", ["x"], ["y"]), .node("Tanh", ["y"], ["z"]))
        let model = try model(
            [2], functions: clip, several, outputs: ["a", "b", "c", "d", "e"],
            graph: Self.call("Bound", ["x", "", "one"], ["a"]), Self.call("Bound", ["x"], ["b"]),
            Self.call("Several", ["x"], ["c", "d", "e", ""]), .floats("one", [], [1]))
        #expect(try outputs(model, [-3, 4], [2]) == [[-3, 1], [-3, 4], [-3, 4], [0, 4], [0, 4]])
    }

    @Test func namesOfABodyMeetNoOthers() throws {
        // The body's 't' is none of the graph's, not even where the call's label makes the same name of it.
        let model = try model(
            [1],
            functions: Self.function(
                "Twice", ["x"], ["y"], .node("Add", ["x", "x"], ["t"]), .node("Relu", ["t"], ["y"])),
            outputs: ["y", "t", "f/t"],
            graph: .node("Identity", ["x"], ["t"]), .node("Tanh", ["zero"], ["f/t"]),
            Self.call("Twice", ["x"], ["y"], name: "f"), .floats("zero", [1], [0]))
        #expect(try outputs(model, [3], [1]) == [[6], [3], [0]])
    }

    @Test func aWeightWithinAFunctionIsOneParameterForAllCalls() throws {
        let elements = [1, 2, 3, 4].flatMap { Message.littleEndian(Float($0).bitPattern) }
        let value = Message(
            .text(1, "value"), .bytes(5, Message.tensor("", dims: [2, 2], type: 1, .bytes(9, elements)).bytes),
            .int(20, 4))
        let layer = Self.function(
            "Layer", ["x"], ["y"], .node("Constant", [], ["w"], attributes: value), .node("MatMul", ["x", "w"], ["y"]))
        let model = try model(
            [-1, 2], functions: layer, graph: Self.call("Layer", ["x"], ["h"], name: "a"),
            Self.call("Layer", ["h"], ["y"], name: "b"))
        #expect(model.parameters.layout.segments.map(\.name) == ["a/w"])
        #expect(try outputs(model, [1, 1], [1, 2]) == [[22, 32]])
        try withTemporaryFolder { folder in
            model.parameters["a/w"]?.update(repeating: 0.5)
            try model.write(model.parameters.values, to: "\(folder)/m.onnx")
            let again = try ImportedModel(path: "\(folder)/m.onnx")
            #expect(again.parameters.values.elements.elementsEqual([0.5, 0.5, 0.5, 0.5]))
        }
    }

    /// A weight that is a function's default, or an attribute of one call that the body uses twice, is one tensor of the file.
    @Test(arguments: [true, false]) func aWeightThatAnAttributeHoldsIsOneParameter(isDefault: Bool) throws {
        let elements = [1, 2, 3, 4].flatMap { Message.littleEndian(Float($0).bitPattern) }
        let weight = Message(
            .text(1, "w"), .bytes(5, Message.tensor("", dims: [2, 2], type: 1, .bytes(9, elements)).bytes),
            .int(20, 4))
        let body = [
            Message.node("Constant", [], ["w"], attributes: Self.reference("value", to: "w", type: 4)),
            .node("Constant", [], ["v"], attributes: Self.reference("value", to: "w", type: 4)),
            .node("MatMul", ["x", "w"], ["h"]), .node("MatMul", ["h", "v"], ["y"]),
        ]
        let layer = Self.function(
            "Layer", ["x"], ["y"], attributes: isDefault ? [] : ["w"], defaults: isDefault ? [weight] : [],
            Message(bytes: body.flatMap(\.bytes)))
        let model = try model(
            [-1, 2], functions: layer,
            graph: isDefault
                ? Message(
                    bytes: Self.call("Layer", ["x"], ["h"], name: "a").bytes
                        + Self.call("Layer", ["h"], ["y"], name: "b").bytes)
                : Self.call("Layer", ["x"], ["y"], name: "a", attributes: weight))
        #expect(model.parameters.layout.segments.map(\.name) == ["a/w"])
        try withTemporaryFolder { folder in
            model.parameters["a/w"]?.update(repeating: 0.5)
            try model.write(model.parameters.values, to: "\(folder)/m.onnx")
            let again = try ImportedModel(path: "\(folder)/m.onnx")
            #expect(again.parameters.values.elements.elementsEqual([0.5, 0.5, 0.5, 0.5]))
            #expect(try outputs(again, [1, 1], [1, 2]) == [[1, 1]])
        }
    }

    /// Every call would make a name of a million letters anew.
    @Test func longNamesInManyCallsAreRefused() throws {
        let long = String(repeating: "n", count: 1 << 20)
        let layer = Self.function("F", ["x"], ["y"], .node("Relu", ["x"], [long]), .node("Relu", [long], ["y"]))
        let calls = (0..<100).flatMap { Self.call("F", [$0 == 0 ? "x" : "v\($0 - 1)"], ["v\($0)"]).bytes }
        let all = try reasons {
            try self.model([1], functions: layer, outputs: ["v99"], graph: Message(bytes: calls))
        }
        #expect(all.count == 1 && all[0].contains("come to more than 400000"))
    }

    @Test func aBodyIsReadInItsOwnOpset() throws {
        // Until opset 12 softmax flattened what follows the axis; here that makes one group of four.
        let model = try model(
            [1, 2, 2], functions: Self.function("Old", ["x"], ["y"], opset: 11, .node("Softmax", ["x"], ["y"])),
            outputs: ["y", "z"], graph: Self.call("Old", ["x"], ["y"]), .node("Softmax", ["x"], ["z"]))
        #expect(try outputs(model, [0, 0, 0, 0], [1, 2, 2]) == [[0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0.5, 0.5]])
    }

    @Test func callsThatCannotBeAreNamed() throws {
        let relu = Self.function("F", ["x"], ["y"], .node("Relu", ["x"], ["y"]))
        func one(_ functions: Message..., call: Message) throws -> String {
            let all = try reasons {
                try self.model([1], functions: Message(bytes: functions.flatMap(\.bytes)), graph: call)
            }
            #expect(all.count == 1)
            return all[0]
        }
        #expect(
            try one(relu, call: Self.call("F", ["x", "x"], ["y"])).contains("takes 1 operands and gives 1 results"))
        #expect(try one(relu, call: Self.call("F", ["x"], ["y", "z"])).contains("the call has 1 and 2"))
        #expect(
            try one(relu, call: Self.call("F", ["x"], ["y"], attributes: .attribute("a", int: 1)))
                .contains("has no attribute 'a'"))
        #expect(try one(relu, call: Self.call("G", ["x"], ["y"])).contains("no function of the model defines this one"))
        for (opset, says) in [(nil, "does not say its opset"), (5, "is written in opset 5"), (99, "opset 99")]
            as [(Int?, String)]
        {
            let function = Self.function("F", ["x"], ["y"], opset: opset, .node("Relu", ["x"], ["y"]))
            #expect(try one(function, call: Self.call("F", ["x"], ["y"])).contains(says))
        }
        let outside = Self.function("F", ["a"], ["y"], .node("Add", ["a", "x"], ["y"]))
        #expect(try one(outside, call: Self.call("F", ["x"], ["y"], name: "f")).contains("'f/x (not in the function)'"))
        let unsupported = Self.function("F", ["x"], ["y"], .node("Unheard", ["x"], ["y"], name: "inner"))
        #expect(try one(unsupported, call: Self.call("F", ["x"], ["y"], name: "f")).contains("'f/inner' (Unheard)"))
        let nothing = Self.function("F", ["x"], ["y"])
        #expect(
            try reasons { try self.model([1], functions: nothing, graph: Self.call("F", ["x"], ["y"])) }[0].contains(
                "'y'"))
    }

    @Test func functionsThatCallThemselvesOrTooManyOthersAreRefused() throws {
        func calling(_ name: String, _ others: [String]) -> Message {
            var body: [UInt8] = []
            for (index, other) in others.enumerated() {
                let call = Self.call(
                    other, [index == 0 ? "x" : "v\(index)"], [index == others.count - 1 ? "y" : "v\(index + 1)"])
                body += call.bytes
            }
            return Self.function(name, ["x"], ["y"], Message(bytes: body))
        }
        func reason(_ functions: [Message], _ first: String) throws -> String {
            try reasons {
                try model(
                    [1], functions: Message(bytes: functions.flatMap(\.bytes)), graph: Self.call(first, ["x"], ["y"]))
            }[0]
        }
        #expect(try reason([calling("A", ["A"])], "A").contains("'A' calls itself (A → A)"))
        #expect(try reason([calling("A", ["B"]), calling("B", ["A"])], "A").contains("(A → B → A)"))
        let chain = (0..<70).map { calling("F\($0)", ["F\($0 + 1)"]) }
        let end = Self.function("F70", ["x"], ["y"], .node("Relu", ["x"], ["y"]))
        #expect(try reason(chain + [end], "F0").contains("nested more than 64 deep"))
        #expect(throws: Never.self) {
            try self.model(
                [1], functions: Message(bytes: (chain.suffix(60) + [end]).flatMap(\.bytes)),
                graph: Self.call("F10", ["x"], ["y"]))
        }
        // Forty functions that each call the next one twice: a million millions of nodes.
        let doubling = (0..<40).map { calling("F\($0)", ["F\($0 + 1)", "F\($0 + 1)"]) }
        let last = Self.function("F40", ["x"], ["y"], .node("Relu", ["x"], ["y"]))
        #expect(try reason(doubling + [last], "F0").contains("come to more than 400000"))
    }
}
