import Buffers

/// α x + β limited to 0…1. ONNX `HardSigmoid`.
public struct HardSigmoid: UnaryOperator {
    public static let name = "HardSigmoid"

    /// α, the slope.
    public let alpha: Double
    /// β, the value at 0.
    public let beta: Double

    /// The operator; the defaults are ONNX's.
    public init(alpha: Double = 0.2, beta: Double = 0.5) {
        self.alpha = alpha
        self.beta = beta
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (alpha, beta) = (E(alpha), E(beta))
        operands.map { x in
            let y = alpha * x + beta
            return y < 0 ? 0 : y > 1 ? 1 : y
        }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        let (alpha, beta) = (E(alpha), E(beta))
        operands.chain { x in
            let y = alpha * x + beta
            return y > 0 && y < 1 ? alpha : 0
        }
    }
}
