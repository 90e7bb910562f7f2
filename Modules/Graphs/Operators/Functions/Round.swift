import Buffers

/// The nearest integer, the even one of two; its derivative is 0. ONNX `Round`.
public struct Round: UnaryOperator {
    public static let name = "Round"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { $0.rounded(.toNearestOrEven) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { _ in 0 }
    }
}
