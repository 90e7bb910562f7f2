import Buffers
import Tensors

/// A tensor of one number, in a shape that a constant operand gives. ONNX `ConstantOfShape`.
public struct ConstantOfShape: Operator {
    public static let name = "ConstantOfShape"

    /// The number, which decides on the kind of the elements.
    public enum Element: Sendable, Hashable {
        /// A real number.
        case real(Float)
        /// An integer.
        case integer(Int)
    }

    /// The number.
    public let element: Element
    /// The shape, where that is no operand.
    public let shape: [Int]?

    /// The operator; the default is ONNX's.
    public init(_ element: Element = .real(0), shape: [Int]? = nil) {
        self.element = element
        self.shape = shape
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        guard let shape = try operands.integers(0, "input", attribute: shape) else {
            throw OperandError("operand 0 (input), the shape, is missing")
        }
        guard Shape.checkedCount(shape) != nil else { throw OperandError("\(shape) is no shape") }
        return switch element {
        case .real: [.real(shape)]
        case .integer: [.integer(shape)]
        }
    }

    public func resolved(for operands: OperandInfos) -> any Operator {
        guard let shape = (try? operands.integers(0, "input", attribute: shape)) ?? nil else { return self }
        return ConstantOfShape(element, shape: shape)
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard let type = try? outputTypes(for: operands).first else { return nil }
        switch element {
        case .real(let number):
            let elements = [Float](repeating: number, count: type.count)
            return (try? Tensor(shape: type.shape, elements: elements)).map { [.real($0)] }
        case .integer(let number):
            return [.integer(shape: type.shape, [Int](repeating: number, count: type.count))]
        }
    }

    /// - Precondition: the elements are real; integers are folded whatever their number is.
    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        guard case .real(let number) = element else { preconditionFailure("integers are known before anything runs") }
        operands.output().fill(E(number))
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {}
}
