import Buffers
import Tensors

/// The hyperbolic tangent. ONNX `Tanh`.
public struct Tanh: Operator {
    public static let name = "Tanh"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        [.real(try operands.commonShape("X"))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0)) { E.tanh($0) }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(try context.emit(TanhGradient(), gradient, context.output()), to: 0)
    }

    public var overwritableInputs: [Int] { [0] }
}

/// The gradient of ``Tanh``: operands dy and y, result dy (1 − y²).
public struct TanhGradient: Operator {
    public static let name = "TanhGradient"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        [.real(try operands.commonShape("dY", "Y"))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0), operands.input(1)) { $0 * (1 - $1 * $1) }
    }

    public var overwritableInputs: [Int] { [0, 1] }
}
