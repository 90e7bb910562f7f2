import Graphs

/// `ReduceMean`, `ReduceSum`. Axes became an operand with opset 18 and 13.
enum ReductionBridge: OperatorBridge {
    static let opTypes = ["ReduceMean", "ReduceSum"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let isMean = node.node.opType == "ReduceMean"
        let keeps = try node.flag("keepdims", default: true)
        // Axes that are an operand may be computed from shapes: the operator reads them when a program is compiled.
        let isOperand = node.opset >= (isMean ? 18 : 13)
        let axes = isOperand ? nil : try node.integers("axes")
        let isIdentity = isOperand ? try node.flag("noop_with_empty_axes") : false
        let operation: any Operator =
            isMean
            ? ReduceMean(axes: axes, keepsDimensions: keeps, isIdentityWithoutAxes: isIdentity)
            : ReduceSum(axes: axes, keepsDimensions: keeps, isIdentityWithoutAxes: isIdentity)
        return .operation(operation, inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? {
        switch operation {
        case let mean as ReduceMean where node.opset < 18: return try form(of: mean, &node)
        case let mean as ReduceMean:
            return form("ReduceMean", mean.axes, mean.keepsDimensions, mean.isIdentityWithoutAxes, &node)
        case let sum as ReduceSum:
            return form("ReduceSum", sum.axes, sum.keepsDimensions, sum.isIdentityWithoutAxes, &node)
        default: return nil
        }
    }

    /// With axes as an operand.
    private static func form(
        _ opType: String, _ axes: [Int]?, _ keeps: Bool, _ isIdentity: Bool, _ node: inout NodeWriter
    ) -> NodeForm {
        if let axes { node.setInput(1, .constant(.integers(axes))) }
        return NodeForm(
            opType, [("keepdims", .int(keeps ? 1 : 0)), ("noop_with_empty_axes", .int(isIdentity ? 1 : 0))])
    }

    /// Until opset 17 a mean's axes are an attribute, and without any everything is reduced.
    private static func form(of mean: ReduceMean, _ node: inout NodeWriter) throws -> NodeForm {
        var axes = mean.axes
        if axes == nil, node.hasInput(1) {
            guard let given = node.constant(1)?.integers else {
                throw OperandError("its axes are computed, but opset \(node.opset) wants them fixed")
            }
            axes = given
        }
        node.removeInputs(from: 1)
        if axes?.isEmpty ?? true, mean.isIdentityWithoutAxes { return NodeForm("Identity") }
        let list: [(String, AttributeForm)] = axes.map { $0.isEmpty ? [] : [("axes", .ints($0))] } ?? []
        return NodeForm("ReduceMean", list + [("keepdims", .int(mean.keepsDimensions ? 1 : 0))])
    }
}
