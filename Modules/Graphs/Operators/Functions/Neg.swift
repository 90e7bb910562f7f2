import Buffers

/// −x. ONNX `Neg`.
public struct Neg: UnaryOperator {
    public static let name = "Neg"

    /// The operator.
    public init() {}

    public func combine(_ x: Int) -> Int? { x == .min ? nil : -x }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { -$0 }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { _ in -1 }
    }
}
