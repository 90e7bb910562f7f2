import Buffers
import Tensors

/// A real function of one number, applied to every element.
///
/// An operator is its function and the derivative; shape rule and gradient rule are the same for all.
public protocol UnaryOperator: Operator {
    /// The kernel of ``UnaryGradient``: operands dy and x, result dy · f′(x).
    func evaluateGradient<E: Scalar>(_ operands: Operands<E>)

    /// The function of an integer, for shape arithmetic; `nil` if integers have none.
    func combine(_ x: Int) -> Int?
}

extension UnaryOperator {
    public func combine(_ x: Int) -> Int? { nil }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        if let operand = operands[0], operand.type.kind == .integer, combine(1) != nil { return [operand.type] }
        return [.real(try operands.commonShape("X"))]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard case .integer(let shape, let elements) = operands[0]?.constant else { return nil }
        let results = elements.compactMap(combine)
        return results.count == elements.count ? [.integer(shape: shape, results)] : nil
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(try context.emit(UnaryGradient(of: self), gradient, context.input(0)), to: 0)
    }

    public var overwritableInputs: [Int] { [0] }
}

/// The gradient of a ``UnaryOperator``: operands dy and x, result dy · f′(x).
public struct UnaryGradient: Operator {
    public static let name = "UnaryGradient"

    /// The function.
    public let function: any UnaryOperator

    /// The gradient of a function.
    public init(of function: any UnaryOperator) { self.function = function }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        [.real(try operands.commonShape("dY", "X"))]
    }

    public func evaluate<E: Scalar>(_ operands: Operands<E>) { function.evaluateGradient(operands) }

    public var overwritableInputs: [Int] { [0, 1] }
}

extension Operands {
    /// Sets the result to a function of the operand.
    @inline(__always)
    func map(_ function: (E) -> E) { output().set(from: input(0), function) }

    /// Sets the result to the first operand times a derivative at the second one.
    @inline(__always)
    func chain(_ derivative: (E) -> E) { output().set(from: input(0), input(1)) { $0 * derivative($1) } }
}
