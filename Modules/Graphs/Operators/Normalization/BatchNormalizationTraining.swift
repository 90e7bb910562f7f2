import Buffers
import Tensors

/// Batch normalisation with the batch's own statistics, the form for training. It tracks them in place.
///
/// μ and σ² are the mean and the population variance of each channel over the batch and all pixels, and
/// y = activation(scale[c] · (x − μ[c]) / √(σ²[c] + ε) + bias[c]). With ONNX's momentum m, the operands 3 and 4 become
/// m · mean + (1 − m) · μ and m · variance + (1 − m) · σ²; their memory is the parameter vector's.
///
/// ONNX tracks σ² as it is; PyTorch tracks the unbiased σ² · n / (n − 1). `varianceCorrection` chooses, PyTorch's way
/// by default, so that a model trained here and there ends with the same statistics. A channel of one element (n = 1)
/// has no unbiased variance, so its running variance stays; PyTorch refuses such a batch. An empty batch changes nothing.
///
/// Operands: those of ``BatchNormalization``. Results: y, μ (C), 1 / √(σ² + ε) (C).
public struct BatchNormalizationTraining: Operator {
    public static let name = "BatchNormalizationTraining"

    /// What is added to the variance, ε ≥ 0.
    public let epsilon: Double
    /// How much of the running statistics a step keeps, in 0…1.
    public let momentum: Double
    /// Whether the running variance follows the unbiased variance.
    public let varianceCorrection: Bool
    /// What is applied to the result.
    public let activation: Activation

    /// The operator.
    public init(
        epsilon: Double = 1e-5, momentum: Double = 0.9, varianceCorrection: Bool = true,
        activation: Activation = .identity
    ) {
        self.epsilon = epsilon
        self.momentum = momentum
        self.varianceCorrection = varianceCorrection
        self.activation = activation
    }

    public var outputCount: Int { 3 }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(5...5)
        let shape = try operands.normalizedShape(0, epsilon: epsilon, channelwise: ["scale", "B", "mean", "var"])
        return [.real(shape), .real([shape[1]]), .real([shape[1]])]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, scale, bias) = (operands.input(0), operands.input(1), operands.input(2))
        let (runningMean, runningVariance) = (operands.input(3), operands.input(4))
        let (y, batchMean, inverseDeviation) = (operands.output(0), operands.output(1), operands.output(2))
        for c in 0..<x.shape[1] {
            let channel = x.slice(1, at: c)
            let count = Double(channel.count)
            var sum = 0.0
            channel.forEach { sum += Double($0) }
            let mean = sum / max(count, 1)
            // Two passes: E[x²] − E[x]² would cancel where the mean is large against the deviation.
            var squares = 0.0
            channel.forEach { squares += (Double($0) - mean) * (Double($0) - mean) }
            let inverse = 1 / (squares / max(count, 1) + epsilon).squareRoot()
            batchMean[c] = E(mean)
            inverseDeviation[c] = E(inverse)
            let (center, factor, offset) = (E(mean), scale[c] * E(inverse), bias[c])
            y.slice(1, at: c).set(from: channel) { activation(($0 - center) * factor + offset) }
            let freedom = varianceCorrection ? count - 1 : count
            if count > 0 { runningMean[c] = E(momentum * Double(runningMean[c]) + (1 - momentum) * mean) }
            if freedom > 0 {
                runningVariance[c] = E(momentum * Double(runningVariance[c]) + (1 - momentum) * squares / freedom)
            }
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(0) else { return }
        let operands = [
            gradient, context.input(0), context.input(1), context.output(1), context.output(2),
        ]
        let gradients = try context.emitAll(
            BatchNormalizationGradient(mask: activation == .identity ? .none : .recomputedResult),
            activation == .identity ? operands : operands + [context.input(2)])
        for index in 0..<3 where context.needsGradient(index) { context.contribute(gradients[index], to: index) }
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0]) }
    public var overwritableInputs: [Int] { [0] }
    public var isPure: Bool { false }

    public func fused(with activation: Activation) -> (any Operator)? {
        guard self.activation == .identity else { return nil }
        return BatchNormalizationTraining(
            epsilon: epsilon, momentum: momentum, varianceCorrection: varianceCorrection, activation: activation)
    }
}
