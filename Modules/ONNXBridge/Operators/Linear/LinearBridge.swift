import Graphs

/// `Gemm`, `MatMul`.
enum LinearBridge: OperatorBridge {
    static let opTypes = ["Gemm", "MatMul"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        if node.node.opType == "MatMul" { return .operation(MatMul(), inputs: node.operands) }
        let operation = Gemm(
            alpha: try node.number("alpha", default: 1), beta: try node.number("beta", default: 1),
            transposeA: try node.flag("transA"), transposeB: try node.flag("transB"))
        return .operation(operation, inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        if operation is MatMul { return NodeForm("MatMul") }
        guard let gemm = operation as? Gemm, gemm.activation == .identity else { return nil }
        return NodeForm(
            "Gemm",
            [
                ("alpha", .float(gemm.alpha)), ("beta", .float(gemm.beta)),
                ("transA", .int(gemm.transposeA ? 1 : 0)), ("transB", .int(gemm.transposeB ? 1 : 0)),
            ])
    }
}
