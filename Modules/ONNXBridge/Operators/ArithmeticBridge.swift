import Graphs

/// `Add`, `Sub`, `Mul`, `Div`, `Sum`, with NumPy's broadcasting, which opset 7 brought. `Scale` is written as `Mul`.
enum ArithmeticBridge: OperatorBridge {
    static let opTypes = ["Add", "Sub", "Mul", "Div", "Sum"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let operation: any Operator =
            switch node.node.opType {
            case "Add": Add()
            case "Sub": Sub()
            case "Mul": Mul()
            case "Div": Div()
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
        case is Sum: NodeForm("Sum")
        default: nil
        }
    }

    private static func product(by factor: Double, _ node: inout NodeWriter) -> NodeForm {
        node.addInput(.number(factor))
        return NodeForm("Mul")
    }
}
