import Tensors

/// The same elements, in row-major order, under another shape. ONNX `Reshape`.
///
/// Operands: data, and the shape as integers known before any data is: −1 (once) stands for what is left over; 0 copies
/// the operand's dimension, or means an empty one with `allowZero`.
public struct Reshape: ReshapingOperator {
    public static let name = "Reshape"

    /// Whether 0 in the shape means an empty dimension.
    public let allowZero: Bool

    /// The operator.
    public init(allowZero: Bool = false) { self.allowZero = allowZero }

    public var operandRange: ClosedRange<Int> { 2...2 }

    public func resultShape(of source: [Int], _ operands: OperandInfos) throws -> [Int] {
        let target = try operands.integers(1, "shape")
        var shape = target
        for (axis, size) in target.enumerated() where size == 0 && !allowZero {
            guard axis < source.count else {
                throw OperandError("dimension \(axis) is to be copied from \(Shape.describe(source)), which lacks it")
            }
            shape[axis] = source[axis]
        }
        let open = shape.indices.filter { shape[$0] == -1 }
        guard open.count <= 1, let known = Shape.checkedCount(shape.filter { $0 != -1 }) else {
            throw OperandError("\(target) is no shape: sizes must not be negative, except one -1")
        }
        let count = Shape.count(source)
        if let axis = open.first {
            guard known > 0, count % known == 0 else {
                throw OperandError("\(count) elements (\(Shape.describe(source))) do not divide into \(target)")
            }
            shape[axis] = count / known
        }
        guard Shape.checkedCount(shape) == count else {
            throw OperandError("\(count) elements (\(Shape.describe(source))) do not fill \(target)")
        }
        return shape
    }
}
