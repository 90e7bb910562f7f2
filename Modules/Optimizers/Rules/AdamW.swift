import Buffers
import CKernels
import Glibc

/// Adam with decoupled weight decay: the decay shrinks the parameters themselves and never enters the moments.
///
/// With gradient g, weight decay δ and learning rate η, at step t = 1, 2, …:
///
///     m ← m + (1 − β₁)(g − m),   v ← β₂v + (1 − β₂)g²          (m = v = 0 at first)
///     θ ← (1 − ηδ)θ − η/(1 − β₁ᵗ) · m / (√(v/(1 − β₂ᵗ)) + ε)
///
/// I. Loshchilov, F. Hutter, *Decoupled weight decay regularization*, ICLR 2019, algorithm 2.
///
/// Departure: the paper shrinks by the schedule's multiplier times δ, so that δ does not depend on the learning rate; here
/// it is ηδ, as in PyTorch, whose default of δ = 0.01 this one shares. All trainable parameters decay unless
/// `decaysWeightsOnly`.
public struct AdamW: Optimizer, Hashable {
    public static let name = "adamw"
    public static let summary = "Adam with decoupled weight decay."

    /// δ, the decay.
    public static let weightDecay = Setting(
        WeightDecay.rate.name, standard: 0.01, range: .from(0),
        summary: "The share of the parameters that is taken off at every step, times the learning rate.")

    public static let settings = [Adam.beta1, Adam.beta2, Adam.epsilon, weightDecay, WeightDecay.weightsOnly]

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
        epsilon: Double = Adam.epsilon.standard, weightDecay: Double = AdamW.weightDecay.standard,
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
            weightDecay: values[AdamW.weightDecay], decaysWeightsOnly: values[WeightDecay.weightsOnly] != 0)
    }

    public var values: [String: Double] {
        [Adam.beta1.name: beta1, Adam.beta2.name: beta2, Adam.epsilon.name: epsilon]
            .merging(weightDecay.values) { $1 }
    }

    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> {
        try OptimizerState(rule: AdamW.name, layout: layout, vectors: ["first-moment", "second-moment"])
    }

    public func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        guard let theta = context.parameters.baseAddress, let g = context.gradient.baseAddress else { return }
        let (m, v) = (state[vector: "first-moment"].pointer, state[vector: "second-moment"].pointer)
        let t = Double(state.steps + 1)
        let eta = context.learningRate
        let rate = eta / (1 - pow(beta1, t))
        let scale = (1 - pow(beta2, t)).squareRoot()
        weightDecay.forEachRange(of: state.layout, workers: workers) { range, decay in
            let at = range.lowerBound
            if Element.self == Float.self {
                ck_adam_f32(
                    (theta + at).as(Float.self), (g + at).as(Float.self), (m + at).as(Float.self),
                    (v + at).as(Float.self), range.count, Float(rate), Float(1 - beta1), Float(beta2), Float(1 - beta2),
                    Float(scale), Float(epsilon), 0, Float(1 - eta * decay))
            } else {
                precondition(Element.self == Double.self, "Scalar is Float or Double")
                ck_adam_f64(
                    (theta + at).as(Double.self), (g + at).as(Double.self), (m + at).as(Double.self),
                    (v + at).as(Double.self), range.count, rate, 1 - beta1, beta2, 1 - beta2, scale, epsilon, 0,
                    1 - eta * decay)
            }
        }
    }
}
