import Buffers

/// eˣ. ONNX `Exp`.
public struct Exp: UnaryOperator {
    public static let name = "Exp"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { E.exp($0) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { E.exp($0) }
    }
}
