import Buffers

/// x where x > 0, else α (e^(x/α) − 1): smooth at 0 for every α. ONNX `Celu`.
///
/// Reference: J. Barron, arXiv:1704.07483.
public struct Celu: UnaryOperator {
    public static let name = "Celu"

    /// α: minus the limit at −∞.
    public let alpha: Double

    /// The operator; the default is ONNX's.
    public init(alpha: Double = 1) { self.alpha = alpha }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let alpha = E(alpha)
        operands.map { $0 > 0 ? $0 : alpha * E.expMinusOne($0 / alpha) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        let alpha = E(alpha)
        operands.chain { $0 > 0 ? 1 : E.exp($0 / alpha) }
    }
}
