import Buffers

/// x · Φ(x), Φ the normal distribution's function, or its approximation with tanh. ONNX `Gelu`.
///
/// Reference: D. Hendrycks, K. Gimpel, arXiv:1606.08415.
public struct Gelu: UnaryOperator {
    public static let name = "Gelu"

    /// Whether Φ(x) is taken as (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.
    public let approximates: Bool

    /// The operator; the default is ONNX's.
    public init(approximates: Bool = false) { self.approximates = approximates }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.map { Self.value($0, approximates) }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluateGradient<E: Scalar>(_ operands: Operands<E>) {
        operands.chain { Self.derivative($0, approximates) }
    }

    @inline(__always)
    private static func value<E: Scalar>(_ x: E, _ approximates: Bool) -> E {
        if approximates { return 0.5 * x * (1 + E.tanh(inner(x))) }
        return 0.5 * x * (1 + E.erf(x / E.sqrt(2)))
    }

    @inline(__always)
    private static func derivative<E: Scalar>(_ x: E, _ approximates: Bool) -> E {
        if approximates {
            let t = E.tanh(inner(x))
            let slope: E = E.sqrt(2 / E.pi) * (1 + E(0.134145) * x * x)
            let rise: E = 0.5 * x * (1 - t * t) * slope
            return 0.5 * (1 + t) + rise
        }
        let probability: E = 0.5 * (1 + E.erf(x / E.sqrt(2)))
        let rise: E = x * E.exp(-x * x / 2) / E.sqrt(2 * E.pi)
        return probability + rise
    }

    @inline(__always)
    private static func inner<E: Scalar>(_ x: E) -> E { E.sqrt(2 / E.pi) * (x + E(0.044715) * x * x * x) }
}
