import Buffers
import Tensors

/// An operator that combines two tensors element by element, with NumPy's broadcasting.
public protocol BinaryOperator: Operator {
    /// The result for one pair of elements.
    static func combine<E: Scalar>(_ a: E, _ b: E) -> E
    /// The result for one pair of integers, for shape arithmetic; `nil` if there is none (division by zero, overflow).
    static func combine(_ a: Int, _ b: Int) -> Int?
}

extension BinaryOperator {
    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        guard let a = operands[0]?.type, let b = operands[1]?.type else {
            throw OperandError("both operands must be given")
        }
        guard a.kind == b.kind else { throw OperandError("one operand holds integers, the other real numbers") }
        guard let shape = Shape.broadcast(a.shape, b.shape) else {
            throw OperandError(
                "the shapes \(Shape.describe(a.shape)) and \(Shape.describe(b.shape)) do not broadcast: "
                    + "aligned at the last dimension, sizes must be equal or 1")
        }
        return [ValueType(a.kind, shape)]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard case .integer(let aShape, let a) = operands[0]?.constant,
            case .integer(let bShape, let b) = operands[1]?.constant,
            let shape = Shape.broadcast(aShape, bShape), a.count == b.count || a.count == 1 || b.count == 1
        else { return nil }
        var result: [Int] = []
        for index in 0..<Shape.count(shape) {
            guard let element = Self.combine(a.count == 1 ? a[0] : a[index], b.count == 1 ? b[0] : b[index]) else {
                return nil
            }
            result.append(element)
        }
        return [.integer(shape: shape, result)]
    }

    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let result = operands.output()
        let a = operands.input(0).broadcast(to: result.shape)
        let b = operands.input(1).broadcast(to: result.shape)
        result.forEachIndex { index in result[index] = Self.combine(a[index], b[index]) }
    }

    public var overwritableInputs: [Int] { [0, 1] }
}
