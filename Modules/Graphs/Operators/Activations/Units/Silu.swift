import Buffers

/// x · sigmoid(x), also called Swish.
///
/// Files write it as a product with a sigmoid; the compiler finds it.
///
/// Reference: S. Elfwing, E. Uchibe, K. Doya, arXiv:1702.03118.
public struct Silu: UnaryOperator {
    public static let name = "Silu"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { $0 / (1 + E.exp(-$0)) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { x in
            let sigmoid = 1 / (1 + E.exp(-x))
            return sigmoid * (1 + x * (1 - sigmoid))
        }
    }
}
