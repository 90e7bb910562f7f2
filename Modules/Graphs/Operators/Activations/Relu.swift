import Buffers
import Tensors

/// max(x, 0). ONNX `Relu`.
public struct Relu: Operator {
    public static let name = "Relu"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        [.real(try operands.commonShape("X"))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0)) { Activation.relu($0) }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(try context.emit(ReluGradient(), gradient, context.output()), to: 0)
    }

    public var overwritableInputs: [Int] { [0] }
}

/// The gradient of ``Relu``: operands dy and y, result dy where y > 0, else 0.
///
/// It reads the result y, not x, so that an activation fused into another kernel needs no memory for x.
public struct ReluGradient: Operator {
    public static let name = "ReluGradient"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        [.real(try operands.commonShape("dY", "Y"))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0), operands.input(1)) { $1 > 0 ? $0 : 0 }
    }

    public var overwritableInputs: [Int] { [0] }
}
