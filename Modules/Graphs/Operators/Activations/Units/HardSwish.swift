import Buffers

/// x · max(0, min(1, x/6 + 1/2)). ONNX `HardSwish`.
///
/// Reference: A. Howard et al., arXiv:1905.02244.
public struct HardSwish: UnaryOperator {
    public static let name = "HardSwish"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { $0 <= -3 ? 0 : $0 >= 3 ? $0 : $0 * ($0 + 3) / 6 }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { $0 <= -3 ? 0 : $0 >= 3 ? 1 : (2 * $0 + 3) / 6 }
    }
}
