import Buffers
import CKernels

/// RMSProp: steps divided by the root of a running mean of squared gradients.
///
/// With gradient g, weight decay δ, momentum μ and learning rate η:
///
///     h = g + δθ
///     v ← αv + (1 − α)h²                            (v = m = b = 0 at first)
///     m ← m + (1 − α)(h − m)                        centred; else m = 0
///     b ← μb + h / (√(v − m²) + ε)
///     θ ← θ − ηb
///
/// T. Tieleman, G. Hinton, *Lecture 6.5: RMSProp*, Coursera 2012; centred: A. Graves, *Generating sequences with recurrent
/// neural networks*, 2013.
///
/// Departure: α = 0.99 and ε outside the root are PyTorch's; the lecture has α = 0.9, Graves has ε under the root. Weight
/// decay is coupled and acts on all trainable parameters unless `decaysWeightsOnly`.
public struct RMSProp: Optimizer, Hashable {
    public static let name = "rmsprop"
    public static let summary = "RMSProp: steps divided by the root of the mean squared gradient."
    public static let multiplierObstacle: String? = nil

    /// α, how slowly the means forget.
    public static let smoothing = Setting(
        "smoothing", standard: 0.99, range: .halfOpen(0, below: 1),
        summary: "The part of the running means that is kept from step to step.")
    /// ε, which keeps the step finite.
    public static let epsilon = Setting(
        "epsilon", standard: 1e-8, range: .above(0),
        summary: "What is added to the root of the mean square, to keep the step finite.")
    /// Whether the variance stands for the mean square.
    public static let centred = Setting(
        "centred", standard: 0, range: .flag, summary: "Divide by the standard deviation, not the root mean square.")

    public static let settings = [
        smoothing, epsilon, SGD.momentum, centred, WeightDecay.rate, WeightDecay.weightsOnly,
    ]

    /// α in [0, 1).
    public let smoothing: Double
    /// ε > 0.
    public let epsilon: Double
    /// μ in [0, 1); 0, the default, is none.
    public let momentum: Double
    /// Whether the mean is taken off. False by default.
    public let centred: Bool
    /// δ and what it acts on.
    public let weightDecay: WeightDecay

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a value that is not allowed.
    public init(
        smoothing: Double = RMSProp.smoothing.standard, epsilon: Double = RMSProp.epsilon.standard,
        momentum: Double = SGD.momentum.standard, centred: Bool = RMSProp.centred.standard != 0,
        weightDecay: Double = WeightDecay.rate.standard,
        decaysWeightsOnly: Bool = WeightDecay.weightsOnly.standard != 0
    ) throws(SettingError) {
        self.smoothing = try RMSProp.smoothing.checked(smoothing)
        self.epsilon = try RMSProp.epsilon.checked(epsilon)
        self.momentum = try SGD.momentum.checked(momentum)
        self.centred = centred
        self.weightDecay = try WeightDecay(rate: weightDecay, weightsOnly: decaysWeightsOnly)
    }

    public init(_ values: SettingValues) throws(SettingError) {
        try self.init(
            smoothing: values[RMSProp.smoothing], epsilon: values[RMSProp.epsilon], momentum: values[SGD.momentum],
            centred: values[RMSProp.centred] != 0, weightDecay: values[WeightDecay.rate],
            decaysWeightsOnly: values[WeightDecay.weightsOnly] != 0)
    }

    public var values: [String: Double] {
        [
            RMSProp.smoothing.name: smoothing, RMSProp.epsilon.name: epsilon, SGD.momentum.name: momentum,
            RMSProp.centred.name: centred ? 1 : 0,
        ].merging(weightDecay.values) { $1 }
    }

    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> {
        try OptimizerState(
            rule: RMSProp.name, layout: layout,
            vectors: ["squares"] + (centred ? ["mean"] : []) + (momentum > 0 ? ["velocity"] : []))
    }

    public func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        guard let theta = context.parameters.baseAddress, let g = context.gradient.baseAddress else { return }
        let v = state[vector: "squares"].pointer
        let m = centred ? state[vector: "mean"].pointer : nil
        let b = momentum > 0 ? state[vector: "velocity"].pointer : nil
        let rate = context.learningRate
        weightDecay.forEachRange(of: state.layout, multipliers: context.multipliers, workers: workers) {
            range, decay, factor in
            let (at, rate) = (range.lowerBound, rate * factor)
            if Element.self == Float.self {
                ck_rmsprop_f32(
                    (theta + at).as(Float.self), (g + at).as(Float.self), (v + at).as(Float.self),
                    m.map { ($0 + at).as(Float.self) }, b.map { ($0 + at).as(Float.self) }, range.count, Float(rate),
                    Float(smoothing), Float(1 - smoothing), Float(momentum), Float(epsilon), Float(decay))
            } else {
                precondition(Element.self == Double.self, "Scalar is Float or Double")
                ck_rmsprop_f64(
                    (theta + at).as(Double.self), (g + at).as(Double.self), (v + at).as(Double.self),
                    m.map { ($0 + at).as(Double.self) }, b.map { ($0 + at).as(Double.self) }, range.count, rate,
                    smoothing, 1 - smoothing, momentum, epsilon, decay)
            }
        }
    }
}
