import Buffers

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
    public static let multiplierObstacle: String? = nil

    /// δ, the decay.
    public static let weightDecay = Setting(
        WeightDecay.rate.name, standard: 0.01, range: .from(0),
        summary: "The share of the parameters that is taken off at every step, times the learning rate.")

    public static let settings = [Adam.beta1, Adam.beta2, Adam.epsilon, weightDecay, WeightDecay.weightsOnly]

    /// β₁ in [0, 1).
    public var beta1: Double { adam.beta1 }
    /// β₂ in [0, 1).
    public var beta2: Double { adam.beta2 }
    /// ε > 0.
    public var epsilon: Double { adam.epsilon }
    /// δ and what it acts on.
    public var weightDecay: WeightDecay { adam.weightDecay }
    private let adam: Adam

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a value that is not allowed.
    public init(
        beta1: Double = Adam.beta1.standard, beta2: Double = Adam.beta2.standard,
        epsilon: Double = Adam.epsilon.standard, weightDecay: Double = AdamW.weightDecay.standard,
        decaysWeightsOnly: Bool = WeightDecay.weightsOnly.standard != 0
    ) throws(SettingError) {
        adam = try Adam(
            beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
            decaysWeightsOnly: decaysWeightsOnly)
    }

    public init(_ values: SettingValues) throws(SettingError) {
        try self.init(
            beta1: values[Adam.beta1], beta2: values[Adam.beta2], epsilon: values[Adam.epsilon],
            weightDecay: values[AdamW.weightDecay], decaysWeightsOnly: values[WeightDecay.weightsOnly] != 0)
    }

    public var values: [String: Double] { adam.values }

    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> {
        try OptimizerState(rule: AdamW.name, layout: layout, vectors: ["first-moment", "second-moment"])
    }

    public func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        let eta = context.learningRate
        adam.step(context, state: state, workers: workers) { decay, multiplier in
            (coupled: 0, factor: 1 - eta * multiplier * decay)
        }
    }
}
