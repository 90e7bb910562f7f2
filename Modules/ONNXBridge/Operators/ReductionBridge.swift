import Graphs

/// `ReduceMean`, `ReduceSum`. Axes became an operand with opset 18 and 13.
enum ReductionBridge: OperatorBridge {
    static let opTypes = ["ReduceMean", "ReduceSum"]

    static func read(_ node: NodeReader) throws -> NodeReading {
        let isMean = node.node.opType == "ReduceMean"
        let axes = try node.axes(operandSince: isMean ? 18 : 13)
        let keeps = try node.flag("keepdims", default: true)
        let ignoresEmpty = try node.flag("noop_with_empty_axes")
        if ignoresEmpty, axes?.isEmpty ?? true { return .operation(Identity(), inputs: node.inputs(1)) }
        let operation: any Operator =
            isMean
            ? ReduceMean(axes: axes ?? [], keepsDimensions: keeps) : ReduceSum(axes: axes ?? [], keepsDimensions: keeps)
        return .operation(operation, inputs: node.inputs(1))
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        switch operation {
        case let mean as ReduceMean:
            let axes: [(String, AttributeForm)] = (mean.axes ?? []).isEmpty ? [] : [("axes", .ints(mean.axes ?? []))]
            return NodeForm("ReduceMean", axes + [("keepdims", .int(mean.keepsDimensions ? 1 : 0))])
        case let sum as ReduceSum:
            if let axes = sum.axes, !axes.isEmpty { node.inputs.append(node.constant(axes)) }
            return NodeForm("ReduceSum", [("keepdims", .int(sum.keepsDimensions ? 1 : 0))])
        default: return nil
        }
    }
}
