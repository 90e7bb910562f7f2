import Buffers
import Tensors

/// The operand itself. ONNX `Identity`.
public struct Identity: Operator {
    public static let name = "Identity"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        guard let type = operands[0]?.type else { throw OperandError("operand 0 (input) is missing") }
        return [type]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? { operands[0]?.constant.map { [$0] } }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0)) { $0 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(gradient, to: 0)
    }

    public var viewedInput: Int? { 0 }
}
