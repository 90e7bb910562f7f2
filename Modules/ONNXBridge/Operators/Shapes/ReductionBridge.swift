import Graphs

/// Reductions: `ReduceMean`, `ReduceSum`, `ReduceMax` and their like. Axes became an operand with opset 13 for `ReduceSum`
/// and with opset 18 for the others.
enum ReductionBridge: OperatorBridge {
    private static let plain: [any ReductionOperator.Type] = [
        ReduceMean.self, ReduceSum.self, ReduceMax.self, ReduceMin.self, ReduceL2.self, ReduceProd.self,
    ]
    private static let composed = ["ReduceL1", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"]
    static let opTypes = plain.map { $0.name } + composed

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let name = node.node.opType
        let keeps = try node.flag("keepdims", default: true)
        // Axes that are an operand may be computed from shapes: the operator reads them when a program is compiled.
        let isOperand = node.opset >= (name == "ReduceSum" ? 13 : 18)
        let axes = isOperand ? nil : try node.integers("axes")
        let isIdentity = isOperand ? try node.flag("noop_with_empty_axes") : false
        // Integers have no largest one in a graph; truth values have it by their sum.
        if ["ReduceMax", "ReduceMin"].contains(name), let x = node.operands.first ?? nil, node.truths.contains(x),
            node.values[0]?.type?.kind == .integer
        {
            let given = node.operands.count > 1 ? node.operands[1] : nil
            let sum = ReduceSum(axes: axes, keepsDimensions: keeps, isIdentityWithoutAxes: isIdentity)
            return .operations { builder in
                [try truth(of: x, axes: given, isAny: name == "ReduceMax", sum, &builder)]
            }
        }
        if let kind = plain.first(where: { $0.name == name }) {
            return .operation(
                kind.init(axes: axes, keepsDimensions: keeps, isIdentityWithoutAxes: isIdentity), inputs: node.operands)
        }
        guard let x = node.operands.first, node.operands.count <= 2 else {
            throw OperandError("takes 1 to 2 operands, but was given \(node.operands.count)")
        }
        let given = node.operands.count == 2 ? node.operands[1] : nil
        let sum = ReduceSum(axes: axes, keepsDimensions: keeps, isIdentityWithoutAxes: isIdentity)
        return .operations { builder in
            switch name {
            case "ReduceL1": return [try builder.apply(sum, try builder.apply(Abs(), x), given)]
            case "ReduceSumSquare": return [try builder.apply(sum, try builder.apply(Mul(), x, x), given)]
            case "ReduceLogSum": return [try builder.apply(Log(), try builder.apply(sum, x, given))]
            default:
                // The largest is taken off, so that no power overflows; infinity less infinity would be no number.
                let bound = Double(Float.greatestFiniteMagnitude)
                let largest = try builder.apply(
                    Clip(lower: -bound, upper: bound),
                    try builder.apply(ReduceMax(axes: axes, isIdentityWithoutAxes: isIdentity), x, given))
                let rest = try builder.apply(Exp(), try builder.apply(Sub(), x, largest))
                let logarithm = try builder.apply(Log(), try builder.apply(sum, rest, given))
                let same = ReduceMax(axes: axes, keepsDimensions: keeps, isIdentityWithoutAxes: isIdentity)
                return [try builder.apply(Add(), logarithm, try builder.apply(same, largest, given))]
            }
        }
    }

    /// Whether any or all of some truth values hold: none of no values does, all do.
    private static func truth(
        of x: ValueID, axes: ValueID?, isAny: Bool, _ sum: ReduceSum, _ builder: inout GraphBuilder
    ) throws -> ValueID {
        let counted = try builder.apply(Cast(to: .real), isAny ? x : try builder.apply(Not(), x))
        let count = try builder.apply(sum, counted, axes)
        return isAny ? try builder.apply(Truth(), count) : try builder.apply(Not(), count)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? {
        guard let reduction = operation as? any ReductionOperator else { return nil }
        let name = type(of: reduction).name
        let keeps: (String, AttributeForm) = ("keepdims", .int(reduction.keepsDimensions ? 1 : 0))
        if node.opset >= (reduction is ReduceSum ? 13 : 18) {
            if let axes = reduction.axes { node.setInput(1, .constant(.integers(axes))) }
            let isIdentity = reduction.isIdentityWithoutAxes ? 1 : 0
            return NodeForm(name, [keeps, ("noop_with_empty_axes", .int(isIdentity))])
        }
        // The axes are an attribute, and without any everything is reduced.
        var axes = reduction.axes
        if axes == nil, node.hasInput(1) {
            guard let given = node.constant(1)?.integers else {
                throw OperandError("its axes are computed, but opset \(node.opset) wants them fixed")
            }
            axes = given
        }
        node.removeInputs(from: 1)
        if axes?.isEmpty ?? true, reduction.isIdentityWithoutAxes {
            // The norm of a single number is its absolute value.
            return NodeForm(reduction is ReduceL2 ? "Abs" : "Identity")
        }
        let list: [(String, AttributeForm)] = axes.map { $0.isEmpty ? [] : [("axes", .ints($0))] } ?? []
        return NodeForm(name, list + [keeps])
    }
}
