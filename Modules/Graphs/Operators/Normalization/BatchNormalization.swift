import Buffers
import Tensors

/// Batch normalisation with given statistics, the form for inference. ONNX `BatchNormalization`.
///
/// y = activation(scale[c] · (x − mean[c]) / √(variance[c] + ε) + bias[c]) for every element of channel c.
///
/// S. Ioffe, C. Szegedy, *Batch normalization: accelerating deep network training by reducing internal covariate
/// shift*, ICML 2015.
///
/// Operands: x (N x C x …, at least two dimensions), scale, bias, mean, variance (C each).
public struct BatchNormalization: Operator {
    public static let name = "BatchNormalization"

    /// What is added to the variance, ε ≥ 0.
    public let epsilon: Double
    /// How much of the running statistics a training step keeps, ONNX's convention: PyTorch's momentum is 1 − this.
    public let momentum: Double
    /// Whether training tracks the unbiased variance, as PyTorch does. See ``BatchNormalizationTraining``.
    public let varianceCorrection: Bool
    /// Whether training, too, uses the running statistics and leaves them as they are.
    public let freezesStatistics: Bool
    /// What is applied to the result.
    public let activation: Activation

    /// The operator; the defaults are ONNX's.
    public init(
        epsilon: Double = 1e-5, momentum: Double = 0.9, varianceCorrection: Bool = true,
        freezesStatistics: Bool = false, activation: Activation = .identity
    ) {
        self.epsilon = epsilon
        self.momentum = momentum
        self.varianceCorrection = varianceCorrection
        self.freezesStatistics = freezesStatistics
        self.activation = activation
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(5...5)
        return [.real(try operands.normalizedShape(0, epsilon: epsilon, channelwise: ["scale", "B", "mean", "var"]))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        let (scale, bias, mean, variance) = (
            operands.input(1), operands.input(2), operands.input(3), operands.input(4)
        )
        for c in 0..<x.shape[1] {
            let factor = scale[c] / (variance[c] + E(epsilon)).squareRoot()
            let (center, offset) = (mean[c], bias[c])
            y.slice(1, at: c).set(from: x.slice(1, at: c)) { activation(($0 - center) * factor + offset) }
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        guard !context.needsGradient(3), !context.needsGradient(4) else {
            throw .notDifferentiable(node: context.node.name, operation: Self.name)
        }
        let gradients = try context.emitAll(
            FrozenBatchNormalizationGradient(epsilon: epsilon),
            [
                try context.gradient(gradient, before: activation), context.input(0), context.input(1),
                context.input(3), context.input(4),
            ])
        for index in 0..<3 where context.needsGradient(index) { context.contribute(gradients[index], to: index) }
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0]) }
    public var overwritableInputs: [Int] { [0] }

    public var trainingForm: (any Operator)? {
        if freezesStatistics { return nil }
        return BatchNormalizationTraining(
            epsilon: epsilon, momentum: momentum, varianceCorrection: varianceCorrection, activation: activation)
    }

    public func fused(with activation: Activation) -> (any Operator)? {
        guard self.activation == .identity else { return nil }
        return BatchNormalization(
            epsilon: epsilon, momentum: momentum, varianceCorrection: varianceCorrection,
            freezesStatistics: freezesStatistics, activation: activation)
    }
}

/// The gradient of ``BatchNormalization`` with fixed statistics: operands dy, x, scale, mean, variance; results dx,
/// dscale, dbias.
public struct FrozenBatchNormalizationGradient: Operator {
    public static let name = "FrozenBatchNormalizationGradient"

    /// The normalisation's ε.
    public let epsilon: Double

    /// The operator.
    public init(epsilon: Double) { self.epsilon = epsilon }

    public var outputCount: Int { 3 }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(5...5)
        let shape = try operands.normalizedShape(1, epsilon: epsilon, channelwise: ["scale", "mean", "var"])
        try operands.expectShape(0, "dY", shape)
        return [.real(shape), .real([shape[1]]), .real([shape[1]])]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (dy, x, scale) = (operands.input(0), operands.input(1), operands.input(2))
        let (mean, variance) = (operands.input(3), operands.input(4))
        let (dx, dscale, dbias) = (operands.output(0), operands.output(1), operands.output(2))
        for c in 0..<x.shape[1] {
            let (dyOfChannel, xOfChannel) = (dy.slice(1, at: c), x.slice(1, at: c))
            let center = Double(mean[c])
            let inverse = 1 / (Double(variance[c]) + epsilon).squareRoot()
            var (sum, product) = (0.0, 0.0)
            dyOfChannel.forEach(with: xOfChannel) { gradient, element in
                sum += Double(gradient)
                product += Double(gradient) * (Double(element) - center)
            }
            dscale[c] = E(product * inverse)
            dbias[c] = E(sum)
            let factor = scale[c] * E(inverse)
            dx.slice(1, at: c).set(from: dyOfChannel) { $0 * factor }
        }
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: [0, 1]) }
    public var overwritableInputs: [Int] { [0] }
}

extension OperandInfos {
    /// The shape of the operand that is normalised, after checking it and the operands behind it, one number a channel.
    func normalizedShape(_ index: Int, epsilon: Double, channelwise names: [String]) throws -> [Int] {
        let shape = try shape(index, "X")
        guard shape.count >= 2 else {
            throw OperandError("X needs at least two dimensions, N x C, not \(Shape.describe(shape))")
        }
        guard epsilon >= 0, epsilon.isFinite else { throw OperandError("epsilon must be at least 0, not \(epsilon)") }
        for (offset, name) in names.enumerated() {
            _ = try self.shape(index + 1 + offset, name)
            try expectShape(index + 1 + offset, name, [shape[1]])
        }
        return shape
    }
}
