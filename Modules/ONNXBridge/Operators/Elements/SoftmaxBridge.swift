import Graphs

/// `Softmax`, `LogSoftmax`.
///
/// Before opset 13 they flattened the operand to a matrix at the axis, 1 by default, and normalised its rows; since then
/// they normalise along the axis alone, −1 by default.
enum SoftmaxBridge: OperatorBridge {
    static let opTypes = ["Softmax", "LogSoftmax"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let isOld = node.opset < 13
        let axis = try node.integer("axis", default: isOld ? 1 : -1)
        let operation: any Operator =
            node.node.opType == "Softmax"
            ? Softmax(axis: axis, flattensFromAxis: isOld) : LogSoftmax(axis: axis, flattensFromAxis: isOld)
        return .operation(operation, inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? {
        switch operation {
        case let softmax as Softmax: return try form("Softmax", softmax.groups, node)
        case let softmax as LogSoftmax: return try form("LogSoftmax", softmax.groups, node)
        default: return nil
        }
    }

    private static func form(_ name: String, _ groups: SoftmaxGroups, _ node: NodeWriter) throws -> NodeForm {
        if groups.flattensFromAxis {
            let shape = node.values.first??.type?.shape ?? []
            let axis = groups.axis < 0 ? groups.axis + shape.count : groups.axis
            guard shape.indices.contains(axis), shape[(axis + 1)...].allSatisfy({ $0 == 1 }) else {
                throw OperandError("it normalises over several dimensions at once, which ended with opset 13")
            }
        }
        return NodeForm(name, [("axis", .int(groups.axis))])
    }
}
