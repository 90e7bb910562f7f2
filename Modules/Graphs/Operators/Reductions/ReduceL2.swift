import Buffers
import Tensors

/// The square root of the sum of squares over some dimensions; where that is 0, so is its gradient. ONNX `ReduceL2`.
public struct ReduceL2: ReductionOperator {
    public static let name = "ReduceL2"

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
        _ = reduce(operands, from: 0) { $0 + $1 * $1 }
        operands.output().set(from: operands.output()) { $0.squareRoot() }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        let (norm, share) = (try kept(context.output(), &context), try kept(gradient, &context))
        let zero = try context.number(0)
        let isPositive = try context.emit(Comparison(.greater), norm, zero)
        let quotient = try context.emit(Where(), isPositive, try context.emit(Div(), share, norm), zero)
        context.contribute(try context.emit(Mul(), context.input(0), quotient), to: 0)
    }
}
