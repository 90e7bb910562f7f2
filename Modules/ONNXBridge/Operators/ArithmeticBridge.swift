import Graphs

/// `Add`, `Sub`, `Mul`, `Div`, `Pow`, `Mod`, `Sum`, `Mean`, `Max`, `Min`, with NumPy's broadcasting, which opset 7 brought.
/// `Scale` is written as `Mul`.
enum ArithmeticBridge: OperatorBridge {
    static let opTypes = ["Add", "Sub", "Mul", "Div", "Pow", "Mod", "Sum", "Mean", "Max", "Min"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        if node.node.opType == "Mean" { return mean(of: node.operands) }
        let operation: any Operator =
            switch node.node.opType {
            case "Add": Add()
            case "Sub": Sub()
            case "Mul": Mul()
            case "Div": Div()
            case "Pow": Pow()
            case "Mod": Mod(followsDividend: try node.flag("fmod"))
            case "Max": Max()
            case "Min": Min()
            default: Sum()
            }
        return .operation(operation, inputs: node.operands)
    }

    private static func mean(of operands: [ValueID?]) -> NodeReading {
        .operations { builder in
            let sum = try builder.add(Sum(), inputs: operands)[0]
            return [try builder.apply(Scale(factor: 1 / Double(max(1, operands.count))), sum)]
        }
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        switch operation {
        case let add as Add where add.activation == .identity: NodeForm("Add")
        case is Sub: NodeForm("Sub")
        case is Mul: NodeForm("Mul")
        case let scale as Scale: product(by: scale.factor, &node)
        case is Div: NodeForm("Div")
        case is Pow: NodeForm("Pow")
        case let mod as Mod: NodeForm("Mod", [("fmod", .int(mod.followsDividend ? 1 : 0))])
        case is Sum: NodeForm("Sum")
        case is Max: NodeForm("Max")
        case is Min: NodeForm("Min")
        default: nil
        }
    }

    private static func product(by factor: Double, _ node: inout NodeWriter) -> NodeForm {
        node.addInput(.number(factor))
        return NodeForm("Mul")
    }
}
