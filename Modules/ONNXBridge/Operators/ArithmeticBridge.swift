import Graphs

/// `Add`, `Sub`, `Mul`, `Div`, `Pow`, `Sum`, `Max`, `Min`, with NumPy's broadcasting, which opset 7 brought. `Scale` is written as `Mul`.
enum ArithmeticBridge: OperatorBridge {
    static let opTypes = ["Add", "Sub", "Mul", "Div", "Pow", "Sum", "Max", "Min"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let operation: any Operator =
            switch node.node.opType {
            case "Add": Add()
            case "Sub": Sub()
            case "Mul": Mul()
            case "Div": Div()
            case "Pow": Pow()
            case "Max": Max()
            case "Min": Min()
            default: Sum()
            }
        return .operation(operation, inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        switch operation {
        case let add as Add where add.activation == .identity: NodeForm("Add")
        case is Sub: NodeForm("Sub")
        case is Mul: NodeForm("Mul")
        case let scale as Scale: product(by: scale.factor, &node)
        case is Div: NodeForm("Div")
        case is Pow: NodeForm("Pow")
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
