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
        [.real(try operands.commonShape("data"))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let factor = E(factor)
        operands.output().set(from: operands.input(0)) { factor * $0 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(try context.emit(Scale(factor: factor), gradient), to: 0)
    }

    public var overwritableInputs: [Int] { [0] }
}
