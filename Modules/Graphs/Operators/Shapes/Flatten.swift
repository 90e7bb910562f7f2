import Buffers
import Tensors

/// A matrix of a tensor's elements: the dimensions before the axis make the rows, the others the columns. ONNX `Flatten`.
public struct Flatten: Operator {
    public static let name = "Flatten"

    /// The first dimension of the columns, from −rank to rank; negative values count from the end.
    public let axis: Int

    /// The operator.
    public init(axis: Int = 1) { self.axis = axis }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        let shape = try operands.shape(0, "input")
        guard (-shape.count...shape.count).contains(axis) else {
            throw OperandError("axis \(axis) lies outside the dimensions of \(Shape.describe(shape))")
        }
        let split = axis < 0 ? axis + shape.count : axis
        return [.real([Shape.count(Array(shape[..<split])), Shape.count(Array(shape[split...]))])]
    }

    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        y.pointer.update(from: x.pointer, count: x.count)
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(try context.reshape(gradient, toShapeOf: context.input(0)), to: 0)
    }

    public var layoutRule: LayoutRule { .rowMajor }
    public var viewedInput: Int? { 0 }
}
