import Buffers

/// The absolute value, whose derivative at 0 is taken as 0. ONNX `Abs`.
public struct Abs: UnaryOperator {
    public static let name = "Abs"

    /// The operator.
    public init() {}

    public func combine(_ x: Int) -> Int? { x == .min ? nil : abs(x) }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { abs($0) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
    }
}
