import Tensors

/// A matrix of a tensor's elements: the dimensions before the axis make the rows, the others the columns. ONNX `Flatten`.
public struct Flatten: ReshapingOperator {
    public static let name = "Flatten"

    /// The first dimension of the columns, from −rank to rank; negative values count from the end.
    public let axis: Int

    /// The operator.
    public init(axis: Int = 1) { self.axis = axis }

    public func resultShape(of shape: [Int], _ operands: OperandInfos) throws -> [Int] {
        guard (-shape.count...shape.count).contains(axis) else {
            throw OperandError("axis \(axis) lies outside the dimensions of \(Shape.describe(shape))")
        }
        let split = axis < 0 ? axis + shape.count : axis
        return [Shape.count(Array(shape[..<split])), Shape.count(Array(shape[split...]))]
    }
}
