import Buffers
import CKernels

/// Adadelta: steps whose size is that of recent steps, over that of recent gradients, so that units agree.
///
/// With gradient g, weight decay δ and learning rate η:
///
///     h = g + δθ
///     v ← ρv + (1 − ρ)h²                            (v = u = 0 at first)
///     Δ = √(u + ε) / √(v + ε) · h
///     u ← ρu + (1 − ρ)Δ²
///     θ ← θ − ηΔ
///
/// M. D. Zeiler, *ADADELTA: an adaptive learning rate method*, arXiv:1212.5701, 2012, algorithm 1.
///
/// Departure: the paper has no learning rate; η = 1 is its method. ρ = 0.9 and ε = 1e-6 are PyTorch's (the paper's MNIST
/// experiments take 0.95 and 1e-6). Weight decay is coupled and acts on all trainable parameters unless
/// `decaysWeightsOnly`.
public struct Adadelta: Optimizer, Hashable {
    public static let name = "adadelta"
    public static let summary = "Adadelta: steps as long as recent ones, over the size of recent gradients."
    public static let multiplierObstacle: String? = nil

    /// ρ, how slowly both means forget.
    public static let rho = Setting(
        "rho", standard: 0.9, range: .halfOpen(0, below: 1),
        summary: "The part of the running means of squares that is kept from step to step.")
    /// ε, which sets the size of the first steps.
    public static let epsilon = Setting(
        "epsilon", standard: 1e-6, range: .above(0),
        summary: "What is added under both roots; it sets the size of the first steps.")

    public static let settings = [rho, epsilon, WeightDecay.rate, WeightDecay.weightsOnly]

    /// ρ in [0, 1).
    public let rho: Double
    /// ε > 0.
    public let epsilon: Double
    /// δ and what it acts on.
    public let weightDecay: WeightDecay

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a value that is not allowed.
    public init(
        rho: Double = Adadelta.rho.standard, epsilon: Double = Adadelta.epsilon.standard,
        weightDecay: Double = WeightDecay.rate.standard,
        decaysWeightsOnly: Bool = WeightDecay.weightsOnly.standard != 0
    ) throws(SettingError) {
        self.rho = try Adadelta.rho.checked(rho)
        self.epsilon = try Adadelta.epsilon.checked(epsilon)
        self.weightDecay = try WeightDecay(rate: weightDecay, weightsOnly: decaysWeightsOnly)
    }

    public init(_ values: SettingValues) throws(SettingError) {
        try self.init(
            rho: values[Adadelta.rho], epsilon: values[Adadelta.epsilon], weightDecay: values[WeightDecay.rate],
            decaysWeightsOnly: values[WeightDecay.weightsOnly] != 0)
    }

    public var values: [String: Double] {
        [Adadelta.rho.name: rho, Adadelta.epsilon.name: epsilon].merging(weightDecay.values) { $1 }
    }

    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> {
        try OptimizerState(rule: Adadelta.name, layout: layout, vectors: ["gradient-squares", "step-squares"])
    }

    public func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        guard let theta = context.parameters.baseAddress, let g = context.gradient.baseAddress else { return }
        let (v, u) = (state[vector: "gradient-squares"].pointer, state[vector: "step-squares"].pointer)
        let rate = context.learningRate
        weightDecay.forEachRange(of: state.layout, multipliers: context.multipliers, workers: workers) {
            range, decay, factor in
            let (at, rate) = (range.lowerBound, rate * factor)
            if Element.self == Float.self {
                ck_adadelta_f32(
                    (theta + at).as(Float.self), (g + at).as(Float.self), (v + at).as(Float.self),
                    (u + at).as(Float.self), range.count, Float(rate), Float(rho), Float(1 - rho), Float(epsilon),
                    Float(decay))
            } else {
                precondition(Element.self == Double.self, "Scalar is Float or Double")
                ck_adadelta_f64(
                    (theta + at).as(Double.self), (g + at).as(Double.self), (v + at).as(Double.self),
                    (u + at).as(Double.self), range.count, rate, rho, 1 - rho, epsilon, decay)
            }
        }
    }
}
