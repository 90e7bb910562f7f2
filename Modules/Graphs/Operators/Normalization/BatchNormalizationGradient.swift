import Buffers
import Tensors

/// The gradient of ``BatchNormalizationTraining``.
///
/// With x̂ = (x − μ) / σ and g = dy, or 0 where an activation's result y is not positive:
/// dbias = Σ g, dscale = Σ g x̂, dx = scale / σ · (g − dbias / n − x̂ dscale / n), sums over a channel's n elements.
///
/// Operands: dy, x, scale, μ, 1/σ, and what the mask needs. Results: dx, dscale (C), dbias (C).
public struct BatchNormalizationGradient: Operator {
    public static let name = "BatchNormalizationGradient"

    /// Where the gradient of a ReLU behind the normalisation is let through.
    public enum Mask: String, Sendable, Hashable {
        /// Everywhere: there is no ReLU.
        case none
        /// Where the ReLU's result y, the sixth operand, is positive.
        case result
        /// Where scale · (x − μ) / σ + bias is positive, bias (C) being the sixth operand: this costs less than to read y.
        case recomputedResult
    }

    /// Where the gradient of a ReLU behind the normalisation, which is taken on the way, is let through.
    public let mask: Mask

    /// The operator.
    public init(mask: Mask = .none) { self.mask = mask }

    public var outputCount: Int { 3 }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        let count = mask == .none ? 5 : 6
        try operands.expect(count...count)
        let shape = try operands.normalizedShape(1, epsilon: 0, channelwise: ["scale", "mean", "deviation"])
        try operands.expectShape(0, "dY", shape)
        if mask == .recomputedResult {
            try operands.expectShape(5, "B", [shape[1]])
        } else {
            try operands.expectShape(5, "Y", shape)
        }
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
            let gain = scale[c] * inverseDeviation[c]
            switch mask {
            case .none: gradient.set(from: dy.slice(1, at: c)) { $0 }
            case .result: gradient.set(from: dy.slice(1, at: c), operands.input(5).slice(1, at: c)) { $1 > 0 ? $0 : 0 }
            case .recomputedResult:
                let (center, shift) = (mean[c], operands.input(5)[c])
                gradient.set(from: dy.slice(1, at: c), element) { ($1 - center) * gain + shift > 0 ? $0 : 0 }
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
            let (slope, offset) = (E(inverse * product / count), E(sum / count))
            gradient.set(from: gradient, element) { gain * ($0 - offset - ($1 - E(center)) * slope) }
        }
    }

    public func fusedBehindGradient(of activation: Activation) -> (any Operator)? {
        mask == .none && activation == .relu ? BatchNormalizationGradient(mask: .result) : nil
    }

    public var layoutRule: LayoutRule { .channelsLast(inputs: mask == .result ? [0, 1, 5] : [0, 1]) }
    public var overwritableInputs: [Int] { [0] }
}
