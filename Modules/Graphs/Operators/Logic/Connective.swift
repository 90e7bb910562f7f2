import Buffers
import Tensors

/// Two truth values combined, element by element, with broadcasting; every number but 0 is true. ONNX `And`, `Or`, `Xor`.
public struct Connective: BinaryOperator {
    public static let name = "Connective"

    /// How truth values are combined.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Both are true.
        case and
        /// One or both are true.
        case or
        /// Exactly one is true.
        case xor

        @inline(__always)
        func holds(_ a: Bool, _ b: Bool) -> Bool {
            switch self {
            case .and: a && b
            case .or: a || b
            case .xor: a != b
            }
        }
    }

    /// How truth values are combined.
    public let kind: Kind

    /// The operator.
    public init(_ kind: Kind) { self.kind = kind }

    public func combine(_ a: Int, _ b: Int) -> Int? { kind.holds(a != 0, b != 0) ? 1 : 0 }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0), operands.input(1)) { kind.holds($0 != 0, $1 != 0) ? 1 : 0 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {}
}
