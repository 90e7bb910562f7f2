import Buffers
import Tensors

/// 1 where the operand is not 0, else 0: what ONNX `Cast` to truth values means.
public struct Truth: Operator {
    public static let name = "Truth"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        guard let type = operands[0]?.type else { throw OperandError("operand 0 (input) is missing") }
        return [type]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard case .integer(let shape, let elements) = operands[0]?.constant else { return nil }
        return [.integer(shape: shape, elements.map { $0 == 0 ? 0 : 1 })]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { $0 == 0 ? 0 : 1 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {}

    public var overwritableInputs: [Int] { [0] }
}
