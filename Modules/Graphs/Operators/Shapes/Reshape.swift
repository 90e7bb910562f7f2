import Buffers
import Tensors

/// The same elements, in row-major order, under another shape. ONNX `Reshape`.
///
/// Operands: data, and the shape as integers known before any data is: −1 (once) stands for what is left over; 0 copies
/// the operand's dimension, or means an empty one with `allowZero`.
public struct Reshape: Operator {
    public static let name = "Reshape"

    /// Whether 0 in the shape means an empty dimension.
    public let allowZero: Bool

    /// The operator.
    public init(allowZero: Bool = false) { self.allowZero = allowZero }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        guard let type = operands[0]?.type else { throw OperandError("operand 0 (data) is missing") }
        let target = try operands.integers(1, "shape")
        return [ValueType(type.kind, try resolve(target, from: type.shape))]
    }

    private func resolve(_ target: [Int], from source: [Int]) throws -> [Int] {
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

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard case .integer(let shape, let elements) = operands[0]?.constant,
            let target = operands[1]?.constant?.integers, let resolved = try? resolve(target, from: shape)
        else { return nil }
        return [.integer(shape: resolved, elements)]
    }

    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        y.pointer.update(from: x.pointer, count: x.count)
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        context.contribute(try context.reshape(gradient, toShapeOf: context.input(0)), to: 0)
    }

    public var layoutRule: LayoutRule { .rowMajor }
    public var viewedInput: Int? { 0 }
}

extension GradientContext {
    /// A gradient under the shape of an operand that has as many elements.
    public mutating func reshape(_ gradient: ValueID, toShapeOf operand: ValueID) throws(GraphError) -> ValueID {
        let shape = integers(shape(of: operand))
        return try emit(Reshape(allowZero: true), gradient, shape)
    }
}
