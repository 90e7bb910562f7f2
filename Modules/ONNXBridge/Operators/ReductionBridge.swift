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
        case let mean as ReduceMean: return try form(of: mean, &node)
        case let sum as ReduceSum:
            if let axes = sum.axes { node.setInput(1, .constant(.integers(axes))) }
            return NodeForm(
                "ReduceSum",
                [
                    ("keepdims", .int(sum.keepsDimensions ? 1 : 0)),
                    ("noop_with_empty_axes", .int(sum.isIdentityWithoutAxes ? 1 : 0)),
                ])
        default: return nil
        }
    }

    /// In opset 17 the axes are still an attribute, and without any everything is reduced.
    private static func form(of mean: ReduceMean, _ node: inout NodeWriter) throws -> NodeForm {
        var axes = mean.axes
        if axes == nil, node.hasInput(1) {
            guard let given = node.constant(1)?.integers else {
                throw OperandError("its axes are computed, but opset \(ModelWriter.opset) wants them fixed")
            }
            axes = given
        }
        node.removeInputs(from: 1)
        if axes?.isEmpty ?? true, mean.isIdentityWithoutAxes { return NodeForm("Identity") }
        let list: [(String, AttributeForm)] = axes.map { $0.isEmpty ? [] : [("axes", .ints($0))] } ?? []
        return NodeForm("ReduceMean", list + [("keepdims", .int(mean.keepsDimensions ? 1 : 0))])
    }
}
