import ONNXBridge
import Testing

/// Long constants are not unpacked with the rest of a file, but read where they lie in it.
@Suite struct LongConstantTests {
    private func values(_ count: Int, from start: Float) -> [Float] { (0..<count).map { start + Float($0) } }

    private func raw(_ values: [Float]) -> Message {
        .bytes(9, values.flatMap { Message.littleEndian($0.bitPattern) })
    }

    private func constant(_ values: [Float], _ output: String) -> Message {
        let tensor = Message.tensor("", dims: [values.count], type: 1, raw(values))
        return .node(
            "Constant", [], [output], attributes: Message(.text(1, "value"), .bytes(5, tensor.bytes), .int(20, 4)))
    }

    private func elements(_ node: ONNXNode) throws -> [Float] {
        guard case .tensor(let tensor)? = node["value"] else { return [] }
        return try tensor.elements(as: Float.self)
    }

    @Test func theyAreReadAndReplacedWhereverTheyStand() throws {
        let (short, long) = (values(3, from: 1), values(3000, from: 10))
        let bytes = Message.model(
            graph: .floats("a", [3], short), constant(short, "c"), .floats("b", [3000], long),
            constant(long, "d"), .floats("e", [3], short), .value(11, "x", dims: [1]), .value(12, "x", dims: [1]))
        let model = try ONNXModel(bytes: bytes)
        for (name, expected) in [("a", short), ("b", long), ("e", short)] {
            #expect(try model.graph[initializer: name]?.elements(as: Float.self) == expected)
        }
        #expect(try elements(model.graph.nodes[0]) == short)
        #expect(try elements(model.graph.nodes[1]) == long)

        var editor = ONNXEditor(model)
        #expect(try editor.serialized() == bytes)
        try editor.replace(try #require(model.graph[initializer: "b"]), with: values(3000, from: -7))
        guard case .tensor(let attribute)? = model.graph.nodes[1]["value"] else { return }
        try editor.replace(attribute, with: values(3000, from: 5))
        let again = try ONNXModel(bytes: editor.serialized())
        #expect(try again.graph[initializer: "b"]?.elements(as: Float.self) == values(3000, from: -7))
        #expect(try elements(again.graph.nodes[1]) == values(3000, from: 5))
        #expect(try elements(again.graph.nodes[0]) == short)
        #expect(try again.graph[initializer: "e"]?.elements(as: Float.self) == short)
    }

    @Test func ofElementsGivenTwiceTheLastCount() throws {
        let (short, long) = (values(2, from: 1), values(2000, from: 10))
        for (first, last) in [(short, long), (long, short), (long, values(2000, from: 3))] {
            let tensor = Message.initializer("w", dims: [last.count], type: 1, raw(first), raw(last))
            let model = try ONNXModel(bytes: Message.model(graph: tensor))
            #expect(try model.graph.initializers[0].elements(as: Float.self) == last)
        }
    }

    @Test func aWrongNumberOfElementsIsReported() throws {
        let tensor = Message.initializer("w", dims: [1999], type: 1, raw(values(2000, from: 0)))
        let error = fault { _ = try ONNXModel(bytes: Message.model(graph: tensor)) }
        #expect(
            error
                == .invalidTensor(
                    name: "w", reason: "8000 bytes of raw data, but the shape 1999 of float needs 7996"))
    }
}
