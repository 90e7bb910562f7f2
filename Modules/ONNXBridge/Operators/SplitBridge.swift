import Graphs

/// `Split`. The parts' sizes were an attribute before opset 13; since opset 18 a node may give their number.
enum SplitBridge: OperatorBridge {
    static let opTypes = ["Split"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let axis = try node.integer("axis", default: 0)
        let sizes = node.opset < 13 ? try node.integers("split") : nil
        let outputs = node.node.outputs.count
        let parts = node.opset >= 18 ? try node.integer("num_outputs", default: outputs) : outputs
        guard parts == outputs else { throw OperandError("it has \(outputs) outputs, but num_outputs is \(parts)") }
        return .operation(Split(axis: axis, parts: parts, sizes: sizes), inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        guard let split = operation as? Split else { return nil }
        if let sizes = split.sizes { node.setInput(1, .constant(.integers(sizes))) }
        return NodeForm("Split", [("axis", .int(split.axis))])
    }
}
