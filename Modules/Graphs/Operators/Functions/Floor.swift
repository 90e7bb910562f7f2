import Buffers

/// The largest integer that is not larger; its derivative is 0. ONNX `Floor`.
public struct Floor: UnaryOperator {
    public static let name = "Floor"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { $0.rounded(.down) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { _ in 0 }
    }
}
