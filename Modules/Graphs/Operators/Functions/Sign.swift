import Buffers

/// −1, 0 or 1; its derivative is 0. ONNX `Sign`.
public struct Sign: UnaryOperator {
    public static let name = "Sign"

    /// The operator.
    public init() {}

    public func combine(_ x: Int) -> Int? { x.signum() }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { _ in 0 }
    }
}
