import Graphs

/// Operators that move elements without changing them: `Flatten`, `Reshape`, `Transpose`, `Squeeze`, `Unsqueeze`,
/// `Concat`, `Identity`, `Expand`.
enum RegroupingBridge: OperatorBridge {
    static let opTypes = [
        "Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Concat", "Identity", "Expand",
    ]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let operation: any Operator
        switch node.node.opType {
        case "Flatten": operation = Flatten(axis: try node.integer("axis", default: 1))
        case "Reshape": operation = Reshape(allowZero: node.opset >= 14 ? try node.flag("allowzero") : false)
        case "Transpose": operation = Transpose(permutation: try node.integers("perm"))
        case "Squeeze": operation = Squeeze(axes: try axes(&node))
        case "Unsqueeze": operation = Unsqueeze(axes: try axes(&node))
        case "Concat":
            guard let axis = try node.integer("axis") else { throw OperandError("attribute 'axis' is missing") }
            operation = Concat(axis: axis)
        case "Expand": operation = Expand()
        default: operation = Identity()
        }
        return .operation(operation, inputs: node.operands)
    }

    /// Axes were an attribute before opset 13. As an operand they may be computed from shapes: the operator reads them
    /// when a program is compiled.
    private static func axes(_ node: inout NodeReader) throws -> [Int]? {
        node.opset >= 13 ? nil : try node.integers("axes")
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? {
        switch operation {
        case let flatten as Flatten: return NodeForm("Flatten", [("axis", .int(flatten.axis))])
        case let reshape as Reshape:
            if reshape.allowZero { try node.require(14, for: "an empty dimension in a shape (allowzero)") }
            return NodeForm("Reshape", node.opset < 14 ? [] : [("allowzero", .int(reshape.allowZero ? 1 : 0))])
        case let transpose as Transpose:
            return NodeForm("Transpose", transpose.permutation.map { [("perm", .ints($0))] } ?? [])
        case let squeeze as Squeeze:
            if let axes = squeeze.axes { node.setInput(1, .constant(.integers(axes))) }
            return NodeForm("Squeeze")
        case let unsqueeze as Unsqueeze:
            if let axes = unsqueeze.axes { node.setInput(1, .constant(.integers(axes))) }
            return NodeForm("Unsqueeze")
        case let concat as Concat: return NodeForm("Concat", [("axis", .int(concat.axis))])
        case is Expand: return NodeForm("Expand")
        case is Identity: return NodeForm("Identity")
        default: return nil
        }
    }
}
