import Buffers
import Tensors

/// The smallest element along some dimensions; elements that are equal to it share its gradient evenly. ONNX `ReduceMin`.
public struct ReduceMin: ReductionOperator {
    public static let name = "ReduceMin"

    public let axes: [Int]?
    public let keepsDimensions: Bool
    public let isIdentityWithoutAxes: Bool

    /// The operator; the defaults are ONNX's.
    public init(axes: [Int]? = nil, keepsDimensions: Bool = true, isIdentityWithoutAxes: Bool = false) {
        self.axes = axes
        self.keepsDimensions = keepsDimensions
        self.isIdentityWithoutAxes = isIdentityWithoutAxes
    }

    public static func combine(_ elements: [Int]) -> Int? { elements.min() }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        _ = reduce(operands, from: .infinity) { $1 < $0 || $1.isNaN ? $1 : $0 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        try differentiateExtremum(&context)
    }
}
