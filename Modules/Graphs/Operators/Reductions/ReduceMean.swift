import Buffers
import Tensors

/// The mean over some dimensions. ONNX `ReduceMean`.
public struct ReduceMean: ReductionOperator {
    public static let name = "ReduceMean"
    public static let acceptsNothing = false

    public let axes: [Int]?
    public let keepsDimensions: Bool
    public let isIdentityWithoutAxes: Bool

    /// The operator; the defaults are ONNX's.
    public init(axes: [Int]? = nil, keepsDimensions: Bool = true, isIdentityWithoutAxes: Bool = false) {
        self.axes = axes
        self.keepsDimensions = keepsDimensions
        self.isIdentityWithoutAxes = isIdentityWithoutAxes
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let count = E(sum(operands))
        operands.output().set(from: operands.output()) { $0 / count }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        try differentiate(&context) { 1 / Double($0) }
    }
}
