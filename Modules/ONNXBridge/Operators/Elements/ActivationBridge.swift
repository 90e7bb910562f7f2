import Graphs

/// `Relu`, `LeakyRelu`, `Sigmoid`, `Tanh`, `Clip`.
enum ActivationBridge: OperatorBridge {
    static let opTypes = ["Relu", "LeakyRelu", "Sigmoid", "Tanh", "Clip"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let operation: any Operator
        switch node.node.opType {
        case "Relu": operation = Relu()
        case "LeakyRelu": operation = LeakyRelu(alpha: try node.number("alpha", default: 0.01))
        case "Sigmoid": operation = Sigmoid()
        case "Tanh": operation = Tanh()
        default: return .operation(try clip(&node), inputs: try node.firstOperand(of: node.opset >= 11 ? 3 : 1))
        }
        return .operation(operation, inputs: node.operands)
    }

    /// The bounds were attributes before opset 11 and are operands since.
    private static func clip(_ node: inout NodeReader) throws -> Clip {
        if node.opset >= 11 {
            return Clip(lower: try node.scalar(1, "min"), upper: try node.scalar(2, "max"))
        }
        let lower = try node.number("min", default: -Double.infinity)
        let upper = try node.number("max", default: .infinity)
        return Clip(lower: lower.isFinite ? lower : nil, upper: upper.isFinite ? upper : nil)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        switch operation {
        case is Relu: return NodeForm("Relu")
        case let leaky as LeakyRelu: return NodeForm("LeakyRelu", [("alpha", .float(leaky.alpha))])
        case is Sigmoid: return NodeForm("Sigmoid")
        case is Tanh: return NodeForm("Tanh")
        case let clip as Clip:
            for bound in [clip.lower, clip.upper] { node.addInput(bound.map { .number($0) }) }
            return NodeForm("Clip")
        default: return nil
        }
    }
}
