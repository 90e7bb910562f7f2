import Buffers

/// x / (1 + |x|). ONNX `Softsign`.
public struct Softsign: UnaryOperator {
    public static let name = "Softsign"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { $0 / (1 + abs($0)) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { 1 / ((1 + abs($0)) * (1 + abs($0))) }
    }
}
