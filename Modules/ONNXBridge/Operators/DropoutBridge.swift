import Graphs

/// `Dropout`. The ratio was an attribute before opset 12 and is an operand since; whether it drops is the program's mode.
enum DropoutBridge: OperatorBridge {
    static let opTypes = ["Dropout"]

    static func read(_ node: NodeReader) throws -> NodeReading {
        let ratio = try node.opset >= 12 ? node.scalar(1, "ratio") ?? 0.5 : node.number("ratio", default: 0.5)
        guard ratio >= 0, ratio < 1 else { throw OperandError("its ratio is \(ratio), but must be from 0 to below 1") }
        return .operation(Dropout(ratio: ratio, salt: node.salt), inputs: node.inputs(1))
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        guard let dropout = operation as? Dropout else { return nil }
        node.inputs.append(node.constant(dropout.ratio))
        return NodeForm("Dropout")
    }
}
