import Buffers

/// x where x > 0, else α (eˣ − 1). ONNX `Elu`.
///
/// Reference: D. Clevert, T. Unterthiner, S. Hochreiter, arXiv:1511.07289.
public struct Elu: UnaryOperator {
    public static let name = "Elu"

    /// α: minus the limit at −∞.
    public let alpha: Double

    /// The operator; the default is ONNX's.
    public init(alpha: Double = 1) { self.alpha = alpha }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let alpha = E(alpha)
        operands.map { $0 > 0 ? $0 : alpha * E.expMinusOne($0) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        let alpha = E(alpha)
        operands.chain { $0 > 0 ? 1 : alpha * E.exp($0) }
    }
}
