import Graphs

/// `Softmax`, `LogSoftmax`.
///
/// Before opset 13 they flattened the operand to a matrix at the axis, 1 by default, and normalised its rows; since then
/// they normalise along the axis alone, −1 by default.
enum SoftmaxBridge: OperatorBridge {
    static let opTypes = ["Softmax", "LogSoftmax"]

    static func read(_ node: NodeReader) throws -> NodeReading {
        let isOld = node.opset < 13
        let axis = try node.integer("axis", default: isOld ? 1 : -1)
        let operation: any Operator =
            node.node.opType == "Softmax"
            ? Softmax(axis: axis, flattensFromAxis: isOld) : LogSoftmax(axis: axis, flattensFromAxis: isOld)
        return .operation(operation, inputs: node.inputs(1))
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        switch operation {
        case let softmax as Softmax where !softmax.groups.flattensFromAxis:
            NodeForm("Softmax", [("axis", .int(softmax.groups.axis))])
        case let softmax as LogSoftmax where !softmax.groups.flattensFromAxis:
            NodeForm("LogSoftmax", [("axis", .int(softmax.groups.axis))])
        default: nil
        }
    }
}
