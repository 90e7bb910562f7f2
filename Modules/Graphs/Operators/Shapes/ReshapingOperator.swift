import Buffers
import Tensors

/// An operator whose result has its first operand's elements, in row-major order, under another shape.
public protocol ReshapingOperator: Operator {
    /// The shape that the operands ask for.
    ///
    /// - Throws: ``OperandError`` if the elements cannot take one.
    func resultShape(of shape: [Int], _ operands: OperandInfos) throws -> [Int]

    /// How many operands it takes.
    var operandRange: ClosedRange<Int> { get }
}

extension ReshapingOperator {
    public var operandRange: ClosedRange<Int> { 1...1 }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(operandRange)
        guard let type = operands[0]?.type else { throw OperandError("operand 0 (data) is missing") }
        return [ValueType(type.kind, try resultShape(of: type.shape, operands))]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard case .integer(let shape, let elements) = operands[0]?.constant,
            let result = try? resultShape(of: shape, operands)
        else { return nil }
        return [.integer(shape: result, elements)]
    }

    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        y.pointer.update(from: x.pointer, count: x.count)
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        context.contribute(try context.reshape(gradient, to: context.shape(of: context.input(0))), to: 0)
    }

    public var layoutRule: LayoutRule { .rowMajor }
    public var viewedInput: Int? { 0 }
}

extension GradientContext {
    /// A gradient under another shape of as many elements.
    public mutating func reshape(_ gradient: ValueID, to shape: [Int]) throws(GraphError) -> ValueID {
        if self.shape(of: gradient) == shape { return gradient }
        let target = integers(shape)
        return try emit(Reshape(allowZero: true), gradient, target)
    }
}
