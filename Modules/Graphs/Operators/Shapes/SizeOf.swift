import Buffers
import Tensors

/// The number of an operand's elements, always known before any data is. ONNX `Size`.
public struct SizeOf: Operator {
    public static let name = "Size"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        guard operands[0] != nil else { throw OperandError("operand 0 (data) is missing") }
        return [.integer([])]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        operands[0].map { [.integer(shape: [], [$0.type.count])] }
    }

    /// - Precondition: never called; the result is folded whatever the operand is.
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        preconditionFailure("sizes are known before anything runs")
    }
}
