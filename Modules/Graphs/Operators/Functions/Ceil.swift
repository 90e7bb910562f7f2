import Buffers

/// The smallest integer that is not smaller; its derivative is 0. ONNX `Ceil`.
public struct Ceil: UnaryOperator {
    public static let name = "Ceil"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { $0.rounded(.up) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { _ in 0 }
    }
}
