import Graphs

/// Operators that move elements without changing them: `Flatten`, `Reshape`, `Transpose`, `Squeeze`, `Unsqueeze`,
/// `Concat`, `Identity`, `Expand`.
enum RegroupingBridge: OperatorBridge {
    static let opTypes = [
        "Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Concat", "Identity", "Expand",
    ]

    static func read(_ node: NodeReader) throws -> NodeReading {
        switch node.node.opType {
        case "Flatten": return .operation(Flatten(axis: try node.integer("axis", default: 1)), inputs: node.inputs(1))
        case "Reshape":
            return .operation(Reshape(allowZero: try node.flag("allowzero")), inputs: node.inputs(2))
        case "Transpose": return .operation(Transpose(permutation: try node.integers("perm")), inputs: node.inputs(1))
        case "Squeeze":
            // Axes that are computed from shapes stay an operand; the operator reads them when a program is compiled.
            if node.opset >= 13 { return .operation(Squeeze(), inputs: node.inputs(2)) }
            return .operation(Squeeze(axes: try node.integers("axes")), inputs: node.inputs(1))
        case "Unsqueeze":
            if node.opset >= 13 { return .operation(Unsqueeze(), inputs: node.inputs(2)) }
            return .operation(Unsqueeze(axes: try node.integers("axes")), inputs: node.inputs(1))
        case "Concat":
            guard node.node["axis"] != nil else { throw OperandError("attribute 'axis' is missing") }
            return .operation(Concat(axis: try node.integer("axis", default: 0)), inputs: node.operands)
        case "Expand": return .operation(Expand(), inputs: node.inputs(2))
        default: return .operation(Identity(), inputs: node.inputs(1))
        }
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        switch operation {
        case let flatten as Flatten: return NodeForm("Flatten", [("axis", .int(flatten.axis))])
        case let reshape as Reshape: return NodeForm("Reshape", [("allowzero", .int(reshape.allowZero ? 1 : 0))])
        case let transpose as Transpose:
            return NodeForm("Transpose", transpose.permutation.map { [("perm", .ints($0))] } ?? [])
        case let squeeze as Squeeze:
            if let axes = squeeze.axes { node.inputs.append(node.constant(axes)) }
            return NodeForm("Squeeze")
        case let unsqueeze as Unsqueeze:
            if let axes = unsqueeze.axes { node.inputs.append(node.constant(axes)) }
            return NodeForm("Unsqueeze")
        case let concat as Concat: return NodeForm("Concat", [("axis", .int(concat.axis))])
        case is Expand: return NodeForm("Expand")
        case is Identity: return NodeForm("Identity")
        default: return nil
        }
    }
}
