import Graphs

/// Functions of one number: `Exp`, `Sqrt`, `Erf`, `HardSwish` and their like; `PRelu`.
enum FunctionBridge: OperatorBridge {
    /// Those without attributes, which have one name in ONNX and here.
    private static let plain: [any UnaryOperator] = [
        Exp(), Log(), Sqrt(), Abs(), Neg(), Reciprocal(), Erf(), Floor(), Ceil(), Round(), Sign(), HardSwish(), Mish(),
        Softplus(), Softsign(),
    ]
    static let opTypes = plain.map { type(of: $0).name } + ["Elu", "Celu", "Selu", "HardSigmoid", "Gelu", "PRelu"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let operation: any Operator
        switch node.node.opType {
        case "Elu": operation = Elu(alpha: try node.number("alpha", default: 1))
        case "Celu": operation = Celu(alpha: try node.number("alpha", default: 1))
        case "Selu":
            let standard = Selu()
            operation = Selu(
                alpha: try node.number("alpha", default: standard.alpha),
                gamma: try node.number("gamma", default: standard.gamma))
        case "HardSigmoid":
            operation = HardSigmoid(
                alpha: try node.number("alpha", default: 0.2), beta: try node.number("beta", default: 0.5))
        case "Gelu":
            let form = try node.text("approximate", default: "none")
            guard ["none", "tanh"].contains(form) else {
                throw OperandError("attribute 'approximate' is '\(form)', but must be 'none' or 'tanh'")
            }
            operation = Gelu(approximates: form == "tanh")
        case "PRelu": operation = PRelu()
        case let name:
            guard let function = plain.first(where: { type(of: $0).name == name }) else {
                throw OperandError("this operator is not supported")
            }
            operation = function
        }
        return .operation(operation, inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? {
        switch operation {
        case let elu as Elu: return NodeForm("Elu", [("alpha", .float(elu.alpha))])
        case let celu as Celu: return NodeForm("Celu", [("alpha", .float(celu.alpha))])
        case let selu as Selu: return NodeForm("Selu", [("alpha", .float(selu.alpha)), ("gamma", .float(selu.gamma))])
        case let sigmoid as HardSigmoid:
            return NodeForm("HardSigmoid", [("alpha", .float(sigmoid.alpha)), ("beta", .float(sigmoid.beta))])
        case let gelu as Gelu:
            try node.require(20, for: "Gelu")
            return NodeForm("Gelu", [("approximate", .text(gelu.approximates ? "tanh" : "none"))])
        case is Mish:
            try node.require(18, for: "Mish")
            return NodeForm("Mish")
        case is HardSwish:
            try node.require(14, for: "HardSwish")
            return NodeForm("HardSwish")
        case is PRelu: return NodeForm("PRelu")
        case is Silu: throw OperandError("it is written as a product with a sigmoid")
        case let function as any UnaryOperator: return NodeForm(type(of: function).name)
        default: return nil
        }
    }
}
