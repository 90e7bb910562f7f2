import Buffers

/// γ x where x > 0, else γ α (eˣ − 1). ONNX `Selu`.
///
/// Reference: G. Klambauer et al., arXiv:1706.02515.
public struct Selu: UnaryOperator {
    public static let name = "Selu"

    /// α.
    public let alpha: Double
    /// γ.
    public let gamma: Double

    /// The operator; the defaults are ONNX's.
    public init(alpha: Double = 1.67326319217681884765625, gamma: Double = 1.05070102214813232421875) {
        self.alpha = alpha
        self.gamma = gamma
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (alpha, scale) = (E(alpha), E(gamma))
        operands.map { scale * ($0 > 0 ? $0 : alpha * E.expMinusOne($0)) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        let (alpha, scale) = (E(alpha), E(gamma))
        operands.chain { scale * ($0 > 0 ? 1 : alpha * E.exp($0)) }
    }
}
