import Buffers

/// ln(1 + eˣ), computed so that eˣ does not overflow. ONNX `Softplus`.
public struct Softplus: UnaryOperator {
    public static let name = "Softplus"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { Self.value($0) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { Self.derivative($0) }
    }

    @inline(__always)
    static func value<E: Scalar>(_ x: E) -> E { x > 0 ? x + E.log(onePlus: E.exp(-x)) : E.log(onePlus: E.exp(x)) }

    @inline(__always)
    static func derivative<E: Scalar>(_ x: E) -> E { 1 / (1 + E.exp(-x)) }
}
