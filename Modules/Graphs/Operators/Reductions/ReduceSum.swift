import Buffers
import Tensors

/// The sum over some dimensions. ONNX `ReduceSum`.
public struct ReduceSum: ReductionOperator {
    public static let name = "ReduceSum"

    public let axes: [Int]?
    public let keepsDimensions: Bool
    public let isIdentityWithoutAxes: Bool

    /// The operator; the defaults are ONNX's.
    public init(axes: [Int]? = nil, keepsDimensions: Bool = true, isIdentityWithoutAxes: Bool = false) {
        self.axes = axes
        self.keepsDimensions = keepsDimensions
        self.isIdentityWithoutAxes = isIdentityWithoutAxes
    }

    public static func combine(_ elements: [Int]) -> Int? {
        var sum = 0
        for element in elements {
            let (next, overflow) = sum.addingReportingOverflow(element)
            if overflow { return nil }
            sum = next
        }
        return sum
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        _ = sum(operands)
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        try differentiate(&context) { _ in 1 }
    }
}
