import Buffers

/// x · tanh(ln(1 + eˣ)). ONNX `Mish`.
///
/// Reference: D. Misra, arXiv:1908.08681.
public struct Mish: UnaryOperator {
    public static let name = "Mish"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { $0 * E.tanh(Softplus.value($0)) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { x in
            let t = E.tanh(Softplus.value(x))
            return t + x * (1 - t * t) * Softplus.derivative(x)
        }
    }
}
