import Buffers
import Tensors

/// Whether a relation holds, element by element, with broadcasting: 1 where it does, else 0. ONNX `Equal`, `Less`,
/// `LessOrEqual`, `Greater`, `GreaterOrEqual`.
///
/// Truth values are numbers of the operands' kind. No gradient flows through them.
public struct Comparison: BinaryOperator {
    public static let name = "Comparison"

    /// A relation of two numbers.
    public enum Relation: String, Sendable, Hashable, CaseIterable {
        /// a = b.
        case equal
        /// a < b.
        case less
        /// a ≤ b.
        case lessOrEqual
        /// a > b.
        case greater
        /// a ≥ b.
        case greaterOrEqual

        @inline(__always)
        func holds<T: Comparable>(_ a: T, _ b: T) -> Bool {
            switch self {
            case .equal: a == b
            case .less: a < b
            case .lessOrEqual: a <= b
            case .greater: a > b
            case .greaterOrEqual: a >= b
            }
        }
    }

    /// The relation.
    public let relation: Relation

    /// The operator.
    public init(_ relation: Relation) { self.relation = relation }

    public func combine(_ a: Int, _ b: Int) -> Int? { relation.holds(a, b) ? 1 : 0 }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0), operands.input(1)) { relation.holds($0, $1) ? 1 : 0 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {}
}
