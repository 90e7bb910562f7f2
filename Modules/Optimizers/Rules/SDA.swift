import Buffers

/// Simple dual averaging: the point is a multiple of the mean of all gradients so far.
///
/// With ḡ_t the mean of g₁ … g_t, β_t = γ√t and h = ½‖·‖²:
///
///     ḡ_t = ((t − 1)/t) ḡ_{t−1} + g_t/t
///     w_{t+1} = −(√t/γ) ḡ_t
///
/// Where the run starts is forgotten at the first step, but for its gradient. There is no learning rate: 1/(γ√t) takes its
/// place, and is the number `step-size` of the state.
///
/// Y. Nesterov, *Primal-dual subgradient methods for convex problems*, Mathematical Programming 120, 2009; as a
/// perturbation of SGD for networks: X. Jia, L. Zhao, L. Zhang, J. He, J. Xu, *Make ℓ1 regularization effective in training
/// sparse CNN*, 2018.
///
/// Departures: batch normalisation's factors are drawn to 1, where they start: h = ½‖w − 1‖² for them, so that
/// w_{t+1} = 1 − (√t/γ) ḡ_t. Drawn to 0 like weights (`scale-centre` 0, the papers' formula to the letter), they would
/// silence their channels at the first step. And networks without batch normalisation seldom survive that step, nor a
/// stage with another γ, which scales all weights at once: with `anchor-steps` n > 0, t counts from n, ḡ starts as what
/// leads to the given weights, and again at every change of γ or λ, so that weights go on from where they are.
public struct SDA: Optimizer, Hashable {
    public static let name = "sda"
    public static let summary = "Simple dual averaging: the point is a multiple of the mean gradient."
    public static let multiplierObstacle: String? = DualAveraging.multiplierObstacle
    public static let usesLearningRate = false
    public static let reported = DualAveraging.reported

    /// γ, what the steps are divided by.
    public static let gamma = DualAveraging.gamma
    /// What batch normalisation's factors are drawn to.
    public static let scaleCentre = DualAveraging.scaleCentre
    /// How many steps the start counts for.
    public static let anchorSteps = DualAveraging.anchorSteps
    public static let settings = [gamma, scaleCentre, anchorSteps]

    private let averaging: DualAveraging

    /// γ > 0.
    public var gamma: Double { averaging.gamma }
    /// What batch normalisation's factors are drawn to, from 0 to 1.
    public var scaleCentre: Double { averaging.scaleCentre }
    /// How many steps the start counts for, at least 0.
    public var anchorSteps: Int { Int(averaging.anchorSteps) }

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a value that is not allowed.
    public init(
        gamma: Double = SDA.gamma.standard, scaleCentre: Double = SDA.scaleCentre.standard, anchorSteps: Int = 0
    ) throws(SettingError) {
        try self.init(settings: [
            SDA.gamma.name: gamma, SDA.scaleCentre.name: scaleCentre, SDA.anchorSteps.name: Double(anchorSteps),
        ])
    }

    public init(_ values: SettingValues) throws(SettingError) { averaging = DualAveraging(values) }

    public var values: [String: Double] { averaging.values }

    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> { try averaging.makeState(SDA.name, layout) }

    public func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) { averaging.update(context, lambda: 0, state: state, workers: workers) }
}
