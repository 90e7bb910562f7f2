import Graphs

/// `LRN`.
enum LocalResponseBridge: OperatorBridge {
    static let opTypes = ["LRN"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        guard let size = try node.integer("size") else { throw OperandError("attribute 'size' is missing") }
        let operation = LocalResponse(
            size: size, alpha: try node.number("alpha", default: 1e-4), beta: try node.number("beta", default: 0.75),
            bias: try node.number("bias", default: 1))
        return .operation(operation, inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        guard let response = operation as? LocalResponse else { return nil }
        return NodeForm(
            "LRN",
            [
                ("size", .int(response.size)), ("alpha", .float(response.alpha)), ("beta", .float(response.beta)),
                ("bias", .float(response.bias)),
            ])
    }
}
