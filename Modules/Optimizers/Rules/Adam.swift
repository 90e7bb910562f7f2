import Buffers
import CKernels
import Glibc

/// Adam: steps scaled by running estimates of the gradient's first and second moments.
///
/// With gradient g, weight decay δ and learning rate η, at step t = 1, 2, …:
///
///     h = g + δθ
///     m ← m + (1 − β₁)(h − m),   v ← β₂v + (1 − β₂)h²          (m = v = 0 at first)
///     θ ← θ − η/(1 − β₁ᵗ) · m / (√(v/(1 − β₂ᵗ)) + ε)
///
/// D. P. Kingma, J. Ba, *Adam: a method for stochastic optimization*, ICLR 2015, algorithm 1.
///
/// Departure: weight decay, which the paper does not have, is coupled (the gradient of δ/2 ‖θ‖²) and acts on all trainable
/// parameters, as in PyTorch's Adam, unless `decaysWeightsOnly`.
public struct Adam: Optimizer, Hashable {
    public static let name = "adam"
    public static let summary = "Adam: steps scaled by running estimates of the gradient's moments."
    public static let multiplierObstacle: String? = nil

    /// β₁, how slowly the first moment forgets.
    public static let beta1 = Setting(
        "beta1", standard: 0.9, range: .halfOpen(0, below: 1),
        summary: "The part of the gradient's running mean that is kept from step to step.")
    /// β₂, how slowly the second moment forgets.
    public static let beta2 = Setting(
        "beta2", standard: 0.999, range: .halfOpen(0, below: 1),
        summary: "The part of the squared gradient's running mean that is kept from step to step.")
    /// ε, which keeps the step finite.
    public static let epsilon = Setting(
        "epsilon", standard: 1e-8, range: .above(0),
        summary: "What is added to the root of the second moment, to keep the step finite.")

    public static let settings = [beta1, beta2, epsilon, WeightDecay.rate, WeightDecay.weightsOnly]

    /// β₁ in [0, 1).
    public let beta1: Double
    /// β₂ in [0, 1).
    public let beta2: Double
    /// ε > 0.
    public let epsilon: Double
    /// δ and what it acts on.
    public let weightDecay: WeightDecay

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a value that is not allowed.
    public init(
        beta1: Double = Adam.beta1.standard, beta2: Double = Adam.beta2.standard,
        epsilon: Double = Adam.epsilon.standard, weightDecay: Double = WeightDecay.rate.standard,
        decaysWeightsOnly: Bool = WeightDecay.weightsOnly.standard != 0
    ) throws(SettingError) {
        self.beta1 = try Adam.beta1.checked(beta1)
        self.beta2 = try Adam.beta2.checked(beta2)
        self.epsilon = try Adam.epsilon.checked(epsilon)
        self.weightDecay = try WeightDecay(rate: weightDecay, weightsOnly: decaysWeightsOnly)
    }

    public init(_ values: SettingValues) throws(SettingError) {
        try self.init(
            beta1: values[Adam.beta1], beta2: values[Adam.beta2], epsilon: values[Adam.epsilon],
            weightDecay: values[WeightDecay.rate], decaysWeightsOnly: values[WeightDecay.weightsOnly] != 0)
    }

    public var values: [String: Double] {
        [Adam.beta1.name: beta1, Adam.beta2.name: beta2, Adam.epsilon.name: epsilon]
            .merging(weightDecay.values) { $1 }
    }

    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> {
        try OptimizerState(rule: Adam.name, layout: layout, vectors: ["first-moment", "second-moment"])
    }

    public func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        step(context, state: state, workers: workers) { decay, _ in (coupled: decay, factor: 1) }
    }

    /// Writes the next point and moments; Adam and ``AdamW`` differ in where the weights decay.
    ///
    /// - Parameter decay: what a range's decay δ, and the factor of its learning rate, add to the gradient, times θ, and what
    ///   θ is multiplied by.
    func step<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers,
        decay: (_ rate: Double, _ multiplier: Double) -> (coupled: Double, factor: Double)
    ) {
        guard let theta = context.parameters.baseAddress, let g = context.gradient.baseAddress else { return }
        let (m, v) = (state[vector: "first-moment"].pointer, state[vector: "second-moment"].pointer)
        let t = Double(state.steps + 1)
        let rate = context.learningRate / (1 - pow(beta1, t))
        let scale = (1 - pow(beta2, t)).squareRoot()
        weightDecay.forEachRange(of: state.layout, multipliers: context.multipliers, workers: workers) {
            range, rateOfDecay, multiplier in
            let (coupled, factor) = decay(rateOfDecay, multiplier)
            let (at, rate) = (range.lowerBound, rate * multiplier)
            if Element.self == Float.self {
                ck_adam_f32(
                    (theta + at).as(Float.self), (g + at).as(Float.self), (m + at).as(Float.self),
                    (v + at).as(Float.self), range.count, Float(rate), Float(1 - beta1), Float(beta2), Float(1 - beta2),
                    Float(scale), Float(epsilon), Float(coupled), Float(factor))
            } else {
                precondition(Element.self == Double.self, "Scalar is Float or Double")
                ck_adam_f64(
                    (theta + at).as(Double.self), (g + at).as(Double.self), (m + at).as(Double.self),
                    (v + at).as(Double.self), range.count, rate, 1 - beta1, beta2, 1 - beta2, scale, epsilon, coupled,
                    factor)
            }
        }
    }
}
