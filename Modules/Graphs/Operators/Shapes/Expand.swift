import Buffers
import Tensors

/// A tensor stretched to a shape that it broadcasts to; the shape is a constant operand. ONNX `Expand`.
public struct Expand: RearrangingOperator {
    public static let name = "Expand"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        guard let type = operands[0]?.type else { throw OperandError("operand 0 (input) is missing") }
        let input = type.shape
        let target = try operands.integers(1, "shape")
        guard let shape = Shape.broadcast(input, target), Shape.checkedCount(shape) != nil else {
            throw OperandError("\(Shape.describe(input)) does not broadcast to \(Shape.describe(target))")
        }
        return [ValueType(type.kind, shape)]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard let constant = operands[0]?.constant, let shape = try? outputTypes(for: operands)[0].shape else {
            return nil
        }
        return constant.integers { $0.broadcast(to: shape) }.map { [$0] }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        rearrange(operands)
    }

    public func moves(inputs: [PhysicalType?], outputs: [PhysicalType]) -> [ElementMove] {
        guard let x = inputs[0] else { return [] }
        return [ElementMove(ElementGrid(x).broadcast(to: outputs[0].shape), to: ElementGrid(outputs[0]))]
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        context.contribute(try context.reduce(gradient, toShapeOf: context.input(0)), to: 0)
    }
}
