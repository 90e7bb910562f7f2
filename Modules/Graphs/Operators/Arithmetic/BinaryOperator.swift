import Buffers
import Tensors

/// An operator that combines two tensors element by element, with NumPy's broadcasting.
public protocol BinaryOperator: Operator {
    /// The result for one pair of integers, for shape arithmetic; `nil` if there is none (division by zero, overflow).
    func combine(_ a: Int, _ b: Int) -> Int?
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
        guard let a = operands[0]?.constant, let b = operands[1]?.constant,
            let shape = Shape.broadcast(a.type.shape, b.type.shape),
            let x = a.integers(through: { $0.broadcast(to: shape) })?.integers,
            let y = b.integers(through: { $0.broadcast(to: shape) })?.integers
        else { return nil }
        var result: [Int] = []
        for (x, y) in zip(x, y) {
            guard let element = combine(x, y) else { return nil }
            result.append(element)
        }
        return [.integer(shape: shape, result)]
    }

    public var overwritableInputs: [Int] { [0, 1] }
}
