import Buffers

/// The error function, 2/√π ∫₀ˣ e^(−t²) dt. ONNX `Erf`.
public struct Erf: UnaryOperator {
    public static let name = "Erf"

    /// The operator.
    public init() {}

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { E.erf($0) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { 2 / E.sqrt(E.pi) * E.exp(-$0 * $0) }
    }
}
