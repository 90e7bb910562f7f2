import Buffers

/// The natural logarithm. ONNX `Log`.
public struct Log: UnaryOperator {
    public static let name = "Log"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { E.log($0) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { 1 / $0 }
    }
}
