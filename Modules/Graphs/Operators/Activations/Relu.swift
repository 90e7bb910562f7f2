import Buffers
import Tensors

/// max(x, 0). ONNX `Relu`.
public struct Relu: Operator {
    public static let name = "Relu"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        return [.real(try operands.shape(0, "X"))]
    }

    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        y.forEachIndex { y[$0] = Activation.relu(x[$0]) }
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
        try operands.expect(2...2)
        let shape = try operands.shape(0, "dY")
        try operands.expectShape(1, "Y", shape)
        return [.real(shape)]
    }

    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (dy, y, dx) = (operands.input(0), operands.input(1), operands.output())
        dx.forEachIndex { dx[$0] = y[$0] > 0 ? dy[$0] : 0 }
    }

    public var overwritableInputs: [Int] { [0] }
}
