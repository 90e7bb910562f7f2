import Buffers

/// 1 / x. ONNX `Reciprocal`.
public struct Reciprocal: UnaryOperator {
    public static let name = "Reciprocal"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { 1 / $0 }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { -1 / ($0 * $0) }
    }
}
