import Buffers
import CKernels

/// AdaGrad: each coordinate's step is divided by the root of the sum of its squared gradients so far.
///
/// With gradient g, weight decay δ and learning rate η, at step t = 1, 2, …:
///
///     h = g + δθ
///     s ← s + h²                                    (s = s₀ at first)
///     θ ← θ − η/(1 + (t − 1)κ) · h / (√s + ε)
///
/// J. Duchi, E. Hazan, Y. Singer, *Adaptive subgradient methods for online learning and stochastic optimization*, JMLR 12,
/// 2011: the diagonal form.
///
/// Departure: κ, which makes steps shorter still, is PyTorch's; it is 0 unless given. Weight decay is coupled and acts on
/// all trainable parameters unless `decaysWeightsOnly`.
public struct AdaGrad: Optimizer, Hashable {
    public static let name = "adagrad"
    public static let summary = "AdaGrad: steps divided by the root of the sum of squared gradients."
    public static let multiplierObstacle: String? = nil

    /// s₀, the sum before the first step.
    public static let initialSum = Setting(
        "initial-sum", standard: 0, range: .from(0), summary: "The sum of squares before the first step.")
    /// κ, how fast steps shorten beyond the sum's doing.
    public static let rateDecay = Setting(
        "rate-decay", standard: 0, range: .from(0),
        summary: "The learning rate is divided by 1 plus this, times the number of steps done.")
    /// ε, which keeps the step finite.
    public static let epsilon = Setting(
        "epsilon", standard: 1e-10, range: .above(0),
        summary: "What is added to the root of the sum, to keep the step finite.")

    public static let settings = [initialSum, rateDecay, epsilon, WeightDecay.rate, WeightDecay.weightsOnly]

    /// s₀ ≥ 0.
    public let initialSum: Double
    /// κ ≥ 0.
    public let rateDecay: Double
    /// ε > 0.
    public let epsilon: Double
    /// δ and what it acts on.
    public let weightDecay: WeightDecay

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a value that is not allowed.
    public init(
        initialSum: Double = AdaGrad.initialSum.standard, rateDecay: Double = AdaGrad.rateDecay.standard,
        epsilon: Double = AdaGrad.epsilon.standard, weightDecay: Double = WeightDecay.rate.standard,
        decaysWeightsOnly: Bool = WeightDecay.weightsOnly.standard != 0
    ) throws(SettingError) {
        self.initialSum = try AdaGrad.initialSum.checked(initialSum)
        self.rateDecay = try AdaGrad.rateDecay.checked(rateDecay)
        self.epsilon = try AdaGrad.epsilon.checked(epsilon)
        self.weightDecay = try WeightDecay(rate: weightDecay, weightsOnly: decaysWeightsOnly)
    }

    public init(_ values: SettingValues) throws(SettingError) {
        try self.init(
            initialSum: values[AdaGrad.initialSum], rateDecay: values[AdaGrad.rateDecay],
            epsilon: values[AdaGrad.epsilon], weightDecay: values[WeightDecay.rate],
            decaysWeightsOnly: values[WeightDecay.weightsOnly] != 0)
    }

    public var values: [String: Double] {
        [AdaGrad.initialSum.name: initialSum, AdaGrad.rateDecay.name: rateDecay, AdaGrad.epsilon.name: epsilon]
            .merging(weightDecay.values) { $1 }
    }

    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> {
        try OptimizerState(rule: AdaGrad.name, layout: layout, vectors: ["squares"])
    }

    public func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        guard let theta = context.parameters.baseAddress, let g = context.gradient.baseAddress else { return }
        let squares = state[vector: "squares"].pointer
        let rate = context.learningRate / (1 + Double(state.steps) * rateDecay)
        weightDecay.forEachRange(of: state.layout, multipliers: context.multipliers, workers: workers) {
            range, decay, factor in
            let (at, rate) = (range.lowerBound, rate * factor)
            if Element.self == Float.self {
                ck_adagrad_f32(
                    (theta + at).as(Float.self), (g + at).as(Float.self), (squares + at).as(Float.self), range.count,
                    Float(rate), Float(initialSum), Float(epsilon), Float(decay))
            } else {
                precondition(Element.self == Double.self, "Scalar is Float or Double")
                ck_adagrad_f64(
                    (theta + at).as(Double.self), (g + at).as(Double.self), (squares + at).as(Double.self), range.count,
                    rate, initialSum, epsilon, decay)
            }
        }
    }
}
