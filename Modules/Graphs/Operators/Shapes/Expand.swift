import Buffers
import Tensors

/// A tensor stretched to a shape that it broadcasts to; the shape is a constant operand. ONNX `Expand`.
public struct Expand: Operator {
    public static let name = "Expand"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        let input = try operands.shape(0, "input")
        let target = try operands.integers(1, "shape")
        guard let shape = Shape.broadcast(input, target), Shape.checkedCount(shape) != nil else {
            throw OperandError("\(Shape.describe(input)) does not broadcast to \(Shape.describe(target))")
        }
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0)) { $0 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        context.contribute(try context.reduce(gradient, toShapeOf: context.input(0)), to: 0)
    }
}
