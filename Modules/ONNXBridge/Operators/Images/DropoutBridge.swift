import Graphs

/// `Dropout`. The ratio was an attribute before opset 12 and is an operand since.
///
/// What the mask is where nothing is dropped, is defined since opset 12. Whether it drops is the program's mode, not the file's, and what it drops follows from the run's seed; so the operand
/// `training_mode` and the attribute `seed` are not read.
enum DropoutBridge: OperatorBridge {
    static let opTypes = ["Dropout"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let ratio: Double
        if node.opset >= 12 {
            node.ignore("seed")
            ratio = try node.scalar(1, "ratio") ?? 0.5
        } else {
            ratio = try node.number("ratio", default: 0.5)
        }
        let inputs = try node.firstOperand(of: node.opset >= 12 ? 3 : 1)
        return .operation(
            Dropout(ratio: ratio, salt: node.salt, givesMask: node.opset >= 12 && node.usedOutputs > 1), inputs: inputs)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        guard let dropout = operation as? Dropout else { return nil }
        node.addInput(.number(dropout.ratio))
        return NodeForm("Dropout")
    }
}
