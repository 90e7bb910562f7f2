import Buffers

/// A change of the elements' kind to that of another operand. ONNX `CastLike`.
///
/// Operands: the elements, and a tensor whose kind they are to have. What cannot be converted, ``Cast`` says.
public struct CastLike: Operator {
    public static let name = "CastLike"

    /// The operator.
    public init() {}

    private func cast(_ operands: OperandInfos) throws -> Cast {
        guard let target = operands[1]?.type else { throw OperandError("operand 1 (target_type) is missing") }
        return Cast(to: target.kind)
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        return try cast(operands).outputTypes(for: OperandInfos([operands[0]]))
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        try? cast(operands).fold(OperandInfos([operands[0]]))
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0)) { $0 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        context.contribute(gradient, to: 0)
    }

    public var viewedInput: Int? { 0 }
}
