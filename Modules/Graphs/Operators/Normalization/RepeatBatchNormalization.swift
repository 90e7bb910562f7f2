import Buffers
import Tensors

/// The result of ``BatchNormalizationTraining`` once more, bit by bit, from the statistics that it found: so that the
/// result need not be kept from the forward to the backward nodes.
///
/// y = activation(scale[c] · (x − μ[c]) / σ[c] + bias[c]).
///
/// Operands: x (N x C x …), scale, bias, μ, 1/σ (C each). Result: y.
public struct RepeatBatchNormalization: Operator {
    public static let name = "RepeatBatchNormalization"

    /// What is applied to the result.
    public let activation: Activation

    /// The operator.
    public init(activation: Activation) { self.activation = activation }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(5...5)
        return [.real(try operands.normalizedShape(0, epsilon: 0, channelwise: ["scale", "B", "mean", "deviation"]))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, scale, bias, y) = (operands.input(0), operands.input(1), operands.input(2), operands.output())
        let (mean, inverseDeviation) = (operands.input(3), operands.input(4))
        for c in 0..<x.shape[1] {
            let (center, factor, offset) = (mean[c], scale[c] * inverseDeviation[c], bias[c])
            y.slice(1, at: c).set(from: x.slice(1, at: c)) { activation(($0 - center) * factor + offset) }
        }
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0]) }
    public var overwritableInputs: [Int] { [0] }
}
