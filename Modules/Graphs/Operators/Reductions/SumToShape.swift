import Buffers
import Tensors

/// The sum over the dimensions along which a shape was stretched: the transpose of broadcasting.
///
/// It takes one operand; its result has the given shape, which must broadcast to the operand's.
public struct SumToShape: Operator {
    public static let name = "SumToShape"

    /// The result's shape.
    public let shape: [Int]

    /// The operator.
    public init(shape: [Int]) { self.shape = shape }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        let input = try operands.shape(0, "data")
        guard Shape.broadcast(input, shape) == input else {
            throw OperandError("\(Shape.describe(shape)) does not broadcast to \(Shape.describe(input))")
        }
        return [.real(shape)]
    }

    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let input = operands.input(0)
        let result = operands.output()
        result.forEachIndex { result[$0] = 0 }
        let stretched = result.broadcast(to: input.shape)
        input.forEachIndex { stretched[$0] += input[$0] }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let shape = context.integers(context.shape(of: context.input(0)))
        context.contribute(try context.emit(Expand(), gradient, shape), to: 0)
    }
}

extension GradientContext {
    /// A gradient summed over the dimensions along which an operand was broadcast.
    public mutating func reduce(_ gradient: ValueID, toShapeOf operand: ValueID) throws(GraphError) -> ValueID {
        let shape = shape(of: operand)
        return shape == self.shape(of: gradient) ? gradient : try emit(SumToShape(shape: shape), gradient)
    }
}
