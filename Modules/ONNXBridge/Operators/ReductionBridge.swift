import Graphs

/// `ReduceMean`, `ReduceSum`. Axes became an operand with opset 18 and 13.
enum ReductionBridge: OperatorBridge {
    static let opTypes = ["ReduceMean", "ReduceSum"]

    static func read(_ node: NodeReader) throws -> NodeReading {
        let isMean = node.node.opType == "ReduceMean"
        let isOperand = node.opset >= (isMean ? 18 : 13)
        // Axes may be computed from shapes: the operator reads them when a program is compiled.
        let axes = isOperand ? nil : try node.integers("axes")
        let keeps = try node.flag("keepdims", default: true)
        let isIdentity = try node.flag("noop_with_empty_axes")
        let operation: any Operator =
            isMean
            ? ReduceMean(axes: axes, keepsDimensions: keeps, isIdentityWithoutAxes: isIdentity)
            : ReduceSum(axes: axes, keepsDimensions: keeps, isIdentityWithoutAxes: isIdentity)
        return .operation(operation, inputs: node.inputs(isOperand ? 2 : 1))
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        switch operation {
        case let mean as ReduceMean:
            let axes: [(String, AttributeForm)] = (mean.axes ?? []).isEmpty ? [] : [("axes", .ints(mean.axes ?? []))]
            guard node.inputs.count == 1 else { return nil }
            return NodeForm("ReduceMean", axes + [("keepdims", .int(mean.keepsDimensions ? 1 : 0))])
        case let sum as ReduceSum:
            if let axes = sum.axes, !axes.isEmpty { node.inputs.append(node.constant(axes)) }
            return NodeForm("ReduceSum", [("keepdims", .int(sum.keepsDimensions ? 1 : 0))])
        default: return nil
        }
    }
}
