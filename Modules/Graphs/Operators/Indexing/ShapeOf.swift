import Buffers
import Tensors

/// An operand's dimensions as a list of integers, always known before any data is. ONNX `Shape`.
public struct ShapeOf: Operator {
    public static let name = "Shape"

    /// The first dimension; negative values count from the end.
    public let start: Int
    /// The dimension behind the last one; negative values count from the end, `nil` is the end.
    public let end: Int?

    /// The operator.
    public init(start: Int = 0, end: Int? = nil) {
        self.start = start
        self.end = end
    }

    /// The dimensions that it gives for an operand of a shape.
    public func dimensions(of shape: [Int]) -> [Int] {
        let range = SliceRange(start: start, end: end ?? shape.count, step: 1, of: shape.count)
        return Array(shape[range.start..<range.start + range.count])
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        guard let type = operands[0]?.type else { throw OperandError("operand 0 (data) is missing") }
        return [.integer([dimensions(of: type.shape).count])]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        operands[0].map { [.integers(dimensions(of: $0.type.shape))] }
    }

    /// - Precondition: never called; the result is folded whatever the operand is.
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        preconditionFailure("shapes are known before anything runs")
    }
}
