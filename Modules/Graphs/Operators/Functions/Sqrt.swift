import Buffers

/// The square root; NaN for negative numbers. ONNX `Sqrt`.
public struct Sqrt: UnaryOperator {
    public static let name = "Sqrt"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { $0.squareRoot() }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { 0.5 / $0.squareRoot() }
    }
}
