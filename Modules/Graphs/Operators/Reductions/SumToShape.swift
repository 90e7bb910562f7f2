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

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().fill(0)
        operands.output().accumulate(operands.input(0))
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
        try reduce(gradient, toShape: shape(of: operand))
    }

    /// A gradient summed over the dimensions along which a tensor of a shape was broadcast.
    mutating func reduce(_ gradient: ValueID, toShape shape: [Int]) throws(GraphError) -> ValueID {
        shape == self.shape(of: gradient) ? gradient : try emit(SumToShape(shape: shape), gradient)
    }
}
