import Buffers
import Tensors

/// 1 / (1 + e⁻ˣ). ONNX `Sigmoid`.
public struct Sigmoid: Operator {
    public static let name = "Sigmoid"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        [.real(try operands.commonShape("X"))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0)) { 1 / (1 + E.exp(-$0)) }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(try context.emit(SigmoidGradient(), gradient, context.output()), to: 0)
    }

    public var overwritableInputs: [Int] { [0] }
}

/// The gradient of ``Sigmoid``: operands dy and y, result dy · y (1 − y).
public struct SigmoidGradient: Operator {
    public static let name = "SigmoidGradient"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        [.real(try operands.commonShape("dY", "Y"))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0), operands.input(1)) { $0 * $1 * (1 - $1) }
    }

    public var overwritableInputs: [Int] { [0, 1] }
}
