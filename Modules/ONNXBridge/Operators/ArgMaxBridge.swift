import Graphs

/// `ArgMax`, `ArgMin`: the index is a number in a graph, which a `Cast` to real numbers leaves as it is.
enum ArgMaxBridge: OperatorBridge {
    static let opTypes = ["ArgMax", "ArgMin"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let operation = ArgMax(
            axis: try node.integer("axis", default: 0), keepsDimension: try node.flag("keepdims", default: true),
            selectsLast: node.opset >= 12 ? try node.flag("select_last_index") : false)
        guard node.node.opType == "ArgMin", node.operands.count == 1, let x = node.operands[0] else {
            return .operation(operation, inputs: node.operands)
        }
        return .operations { builder in [try builder.apply(operation, try builder.apply(Neg(), x))] }
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        guard let search = operation as? ArgMax else { return nil }
        return NodeForm(
            "ArgMax",
            [
                ("axis", .int(search.axis)), ("keepdims", .int(search.keepsDimension ? 1 : 0)),
                ("select_last_index", .int(search.selectsLast ? 1 : 0)),
            ])
    }
}
