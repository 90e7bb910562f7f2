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
        let sizes = split.sizes ?? (node.opset < 18 ? unevenSizes(split, node) : nil)
        if let sizes { node.setInput(1, .constant(.integers(sizes))) }
        let number: [(String, AttributeForm)] =
            node.opset >= 18 && split.sizes == nil && !node.hasInput(1)
            ? [("num_outputs", .int(split.outputCount))] : []
        return NodeForm("Split", [("axis", .int(split.axis))] + number)
    }

    /// Before opset 18 parts without sizes have to be equal.
    private static func unevenSizes(_ split: Split, _ node: NodeWriter) -> [Int]? {
        guard !node.hasInput(1), let shape = node.values.first??.type?.shape else { return nil }
        let axis = split.axis < 0 ? split.axis + shape.count : split.axis
        guard axis > 0, axis < shape.count, split.parts > 0, shape[axis] % split.parts != 0 else { return nil }
        let part = (shape[axis] + split.parts - 1) / split.parts
        return (0..<split.parts).map { max(0, min(part, shape[axis] - $0 * part)) }
    }
}
