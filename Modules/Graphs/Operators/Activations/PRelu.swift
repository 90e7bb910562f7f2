import Buffers
import Tensors

/// x where x > 0, else slope · x. ONNX `PRelu`.
///
/// Operands: x, and the slope, which broadcasts to x: C x 1 x 1 for one slope a channel.
///
/// Reference: K. He et al., arXiv:1502.01852.
public struct PRelu: Operator {
    public static let name = "PRelu"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        let (x, slope) = (try operands.shape(0, "X"), try operands.shape(1, "slope"))
        guard Shape.broadcast(x, slope) == x else {
            throw OperandError("slopes of the shape \(Shape.describe(slope)) do not broadcast to \(Shape.describe(x))")
        }
        return [.real(x)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0), operands.input(1)) { x, slope in x > 0 ? x : slope * x }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let (x, slope, zero) = (context.input(0), context.input(1), try context.number(0))
        let isPositive = try context.emit(Comparison(.greater), x, zero)
        if context.needsGradient(0) {
            let scaled = try context.emit(Mul(), gradient, slope)
            context.contribute(try context.emit(Where(), isPositive, gradient, scaled), to: 0)
        }
        if context.needsGradient(1) {
            let product = try context.emit(Mul(), gradient, x)
            let negative = try context.emit(Where(), isPositive, zero, product)
            context.contribute(try context.reduce(negative, toShapeOf: slope), to: 1)
        }
    }

    public var overwritableInputs: [Int] { [0] }
}
