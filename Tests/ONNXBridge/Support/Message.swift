/// A protobuf message put together by hand: what a well-behaved writer would not write can be written as well.
struct Message {
    var bytes: [UInt8] = []

    init(_ fields: Message...) { bytes = fields.flatMap(\.bytes) }
    init(bytes: [UInt8]) { self.bytes = bytes }

    static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        repeat {
            bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }

    static func tag(_ field: Int, _ type: UInt64) -> [UInt8] { varint(UInt64(field) << 3 | type) }

    static func int(_ field: Int, _ value: Int) -> Message {
        Message(bytes: tag(field, 0) + varint(UInt64(bitPattern: Int64(value))))
    }
    static func bytes(_ field: Int, _ value: [UInt8]) -> Message {
        Message(bytes: tag(field, 2) + varint(UInt64(value.count)) + value)
    }
    static func text(_ field: Int, _ value: String) -> Message { bytes(field, Array(value.utf8)) }
    static func message(_ field: Int, _ fields: Message...) -> Message { bytes(field, fields.flatMap(\.bytes)) }
    static func float(_ field: Int, _ value: Float) -> Message {
        Message(bytes: tag(field, 5) + littleEndian(value.bitPattern))
    }
    static func double(_ field: Int, _ value: Double) -> Message {
        Message(bytes: tag(field, 1) + littleEndian(value.bitPattern))
    }
    static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    /// A model around a graph's fields, at an opset.
    static func model(opset: Int = 17, ir: Int = 8, graph: Message..., extra: Message = Message()) -> [UInt8] {
        Message(
            int(1, ir), bytes(7, text(2, "g").bytes + graph.flatMap(\.bytes)), message(8, text(1, ""), int(2, opset)),
            extra
        ).bytes
    }

    /// A tensor as an initialiser of a graph.
    static func initializer(_ name: String, dims: [Int], type: Int, _ elements: Message...) -> Message {
        bytes(5, tensor(name, dims: dims, type: type, Message(bytes: elements.flatMap(\.bytes))).bytes)
    }

    static func tensor(_ name: String, dims: [Int], type: Int, _ elements: Message) -> Message {
        Message(bytes: dims.flatMap { int(1, $0).bytes } + int(2, type).bytes + elements.bytes + text(8, name).bytes)
    }

    /// A node of a graph.
    static func node(
        _ type: String, _ inputs: [String], _ outputs: [String], name: String = "", attributes: Message...
    ) -> Message {
        let operands = inputs.map { text(1, $0) } + outputs.map { text(2, $0) }
        let parts = operands + [text(3, name), text(4, type)] + attributes.map { bytes(5, $0.bytes) }
        return bytes(1, parts.flatMap(\.bytes))
    }

    static func attribute(_ name: String, int value: Int) -> Message {
        Message(text(1, name), int(3, value), int(20, 2))
    }

    static func attribute(_ name: String, ints values: [Int]) -> Message {
        Message(bytes: text(1, name).bytes + values.flatMap { int(8, $0).bytes } + int(20, 7).bytes)
    }
    static func attribute(_ name: String, float value: Float) -> Message {
        Message(text(1, name), float(2, value), int(20, 1))
    }
    static func attribute(_ name: String, text value: String) -> Message {
        Message(text(1, name), text(4, value), int(20, 3))
    }

    /// Floating-point numbers as an initialiser of a graph.
    static func floats(_ name: String, _ dims: [Int], _ values: [Float]? = nil) -> Message {
        let count = dims.reduce(1, *)
        let elements: [Float] = values ?? (0..<count).map { Float($0 % 7) / 8 - 0.375 }
        return initializer(name, dims: dims, type: 1, bytes(9, elements.flatMap { littleEndian($0.bitPattern) }))
    }

    /// Integers as an initialiser of a graph.
    static func integers(_ name: String, _ values: [Int], dims: [Int]? = nil) -> Message {
        initializer(name, dims: dims ?? [values.count], type: 7, bytes(9, values.flatMap { littleEndian(Int64($0)) }))
    }

    /// A network from `x`, floats of the given dimensions with an open one where one is negative, to `y`.
    static func network(
        _ dims: [Int], opset: Int = 17, outputs: [String] = ["y"], _ parts: Message...
    ) -> [UInt8] {
        let results = outputs.map { message(12, text(1, $0), message(2, message(1, int(1, 1)))) }
        return model(
            opset: opset, ir: opset < 9 ? 3 : 8,
            graph: Message(bytes: (parts + [value(11, "x", dims: dims)] + results).flatMap(\.bytes)))
    }

    /// A named float value of the given dimensions: an input (11), an output (12) or a note (13) of a graph.
    static func value(_ field: Int, _ name: String, dims: [Int]) -> Message {
        message(
            field, text(1, name),
            message(2, message(1, int(1, 1), bytes(2, dims.flatMap { message(1, int(1, $0)).bytes }))))
    }
}
