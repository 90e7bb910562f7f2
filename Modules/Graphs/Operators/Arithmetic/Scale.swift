import Buffers
import Tensors

/// A tensor times a number that is an attribute.
public struct Scale: Operator {
    public static let name = "Scale"

    /// The factor.
    public let factor: Double

    /// The operator.
    public init(factor: Double) { self.factor = factor }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        return [.real(try operands.shape(0, "data"))]
    }

    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        y.forEachIndex { y[$0] = E(factor) * x[$0] }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(try context.emit(Scale(factor: factor), gradient), to: 0)
    }

    public var overwritableInputs: [Int] { [0] }
}
