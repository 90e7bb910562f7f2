import Buffers
import Tensors

/// The gradient of ``BatchNormalizationTraining``.
///
/// With x̂ = (x − μ) / σ and g = dy, or 0 where an activation's result y is not positive:
/// dbias = Σ g, dscale = Σ g x̂, dx = scale / σ · (g − dbias / n − x̂ dscale / n), sums over a channel's n elements.
///
/// Operands: dy, x, scale, μ, 1/σ, and y if there is an activation. Results: dx, dscale (C), dbias (C).
public struct BatchNormalizationGradient: Operator {
    public static let name = "BatchNormalizationGradient"

    /// The activation behind the normalisation, whose gradient is taken on the way.
    public let activation: Activation

    /// The operator.
    public init(activation: Activation = .identity) { self.activation = activation }

    public var outputCount: Int { 3 }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        let count = activation == .identity ? 5 : 6
        try operands.expect(count...count)
        let shape = try operands.normalizedShape(1, epsilon: 0, channelwise: ["scale", "mean", "deviation"])
        try operands.expectShape(0, "dY", shape)
        try operands.expectShape(5, "Y", shape)
        return [.real(shape), .real([shape[1]]), .real([shape[1]])]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (dy, x, scale) = (operands.input(0), operands.input(1), operands.input(2))
        let (mean, inverseDeviation) = (operands.input(3), operands.input(4))
        let (dx, dscale, dbias) = (operands.output(0), operands.output(1), operands.output(2))
        for c in 0..<x.shape[1] {
            let (gradient, element) = (dx.slice(1, at: c), x.slice(1, at: c))
            if let y = operands.optionalInput(5)?.slice(1, at: c) {
                gradient.set(from: dy.slice(1, at: c), y) { $1 > 0 ? $0 : 0 }
            } else {
                gradient.set(from: dy.slice(1, at: c)) { $0 }
            }
            let (center, inverse) = (Double(mean[c]), Double(inverseDeviation[c]))
            var (sum, product) = (0.0, 0.0)
            gradient.forEach(with: element) { g, x in
                sum += Double(g)
                product += Double(g) * (Double(x) - center) * inverse
            }
            dscale[c] = E(product)
            dbias[c] = E(sum)
            let count = Double(max(element.count, 1))
            let (factor, slope, offset) = (
                scale[c] * E(inverse), E(inverse * product / count), E(sum / count)
            )
            gradient.set(from: gradient, element) { factor * ($0 - offset - ($1 - E(center)) * slope) }
        }
    }

    public func fusedBehindGradient(of activation: Activation) -> (any Operator)? {
        self.activation == .identity ? BatchNormalizationGradient(activation: activation) : nil
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: activation == .identity ? [0, 1] : [0, 1, 5]) }
    public var overwritableInputs: [Int] { [0] }
}
