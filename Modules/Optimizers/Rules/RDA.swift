import Buffers

/// Regularized dual averaging: dual averaging with a threshold on the mean gradient, which makes weights exactly zero.
///
/// With ḡ_t the mean of g₁ … g_t, β_t = γ√t and h = ½‖·‖²:
///
///     ḡ_t = ((t − 1)/t) ḡ_{t−1} + g_t/t
///     w_{t+1} = −(√t/γ) sign(ḡ_t) max(|ḡ_t| − λ, 0)             filters and matrices
///     w_{t+1} = −(√t/γ) ḡ_t                                      biases and offsets; see ``SDA`` for factors
///
/// The threshold on ḡ stays λ, so that on weights it grows to λ√t/γ (the number `threshold` of the state), while that of
/// ``ProxSGD`` fades. The effective step is 1/(γ√t), the number `step-size`.
///
/// L. Xiao, *Dual averaging methods for regularized stochastic learning and online optimization*, JMLR 11, 2010,
/// algorithm 1; for networks: X. Jia, L. Zhao, L. Zhang, J. He, J. Xu, *Make ℓ1 regularization effective in training sparse
/// CNN*, 2018, algorithm 2. It needs the latter's initialisation, and is to be followed by its adaptive sparse retraining.
///
/// λ is given as it is, or as the threshold τ that weights are to meet after E epochs: λ = τγ/√T, T the steps until then.
///
/// Departures: batch normalisation's factors are drawn to 1, and `anchor-steps`, as in ``SDA``.
public struct RDA: Optimizer, Hashable {
    public static let name = "rda"
    public static let summary = "Regularized dual averaging: makes weights exactly zero."
    public static let multiplierObstacle: String? = DualAveraging.multiplierObstacle
    public static let usesLearningRate = false
    public static let reported = DualAveraging.reported

    /// γ, what the steps are divided by.
    public static let gamma = DualAveraging.gamma
    /// What batch normalisation's factors are drawn to.
    public static let scaleCentre = DualAveraging.scaleCentre
    /// How many steps the start counts for.
    public static let anchorSteps = DualAveraging.anchorSteps
    /// λ, the threshold on the mean gradient.
    public static let lambda = Setting(
        "lambda", standard: 0, range: .from(0), summary: "The ℓ1 regulariser: the threshold on the mean gradient.")
    /// τ, the threshold on weights at a given epoch.
    public static let threshold = Setting(
        "threshold", standard: 0, range: .from(0),
        summary: "Sets lambda so that weights below this are zero once threshold-epochs are done.")
    /// E, when the threshold on weights is τ.
    public static let thresholdEpochs = Setting(
        "threshold-epochs", standard: 0, range: .from(0), summary: "When weights have to be above threshold.")

    public static let settings = [gamma, lambda, threshold, thresholdEpochs, scaleCentre, anchorSteps]

    private let averaging: DualAveraging

    /// γ > 0.
    public var gamma: Double { averaging.gamma }
    /// What batch normalisation's factors are drawn to, from 0 to 1.
    public var scaleCentre: Double { averaging.scaleCentre }
    /// How many steps the start counts for, at least 0.
    public var anchorSteps: Int { Int(averaging.anchorSteps) }
    /// λ ≥ 0; unused where there is a threshold on weights.
    public let lambda: Double
    /// τ ≥ 0; 0 for none.
    public let threshold: Double
    /// E > 0 where there is a threshold on weights, else 0.
    public let thresholdEpochs: Double

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a value that is not allowed.
    public init(
        gamma: Double = RDA.gamma.standard, lambda: Double = RDA.lambda.standard,
        scaleCentre: Double = RDA.scaleCentre.standard, anchorSteps: Int = 0
    ) throws(SettingError) {
        try self.init(
            settings: [
                RDA.gamma.name: gamma, RDA.lambda.name: lambda, RDA.scaleCentre.name: scaleCentre,
                RDA.anchorSteps.name: Double(anchorSteps),
            ])
    }

    public init(_ values: SettingValues) throws(SettingError) {
        averaging = DualAveraging(values)
        lambda = values[RDA.lambda]
        threshold = values[RDA.threshold]
        thresholdEpochs = values[RDA.thresholdEpochs]
        guard (threshold > 0) == (thresholdEpochs > 0) else {
            throw .incompatible(
                names: [
                    "\(RDA.threshold.name) \(Number.text(threshold))",
                    "\(RDA.thresholdEpochs.name) \(Number.text(thresholdEpochs))",
                ], reason: "give both above 0, or neither")
        }
        guard lambda == 0 || threshold == 0 else {
            throw .incompatible(
                names: [RDA.lambda.name, RDA.threshold.name], reason: "each says how strong the threshold is")
        }
    }

    public var values: [String: Double] {
        [
            RDA.lambda.name: lambda, RDA.threshold.name: threshold, RDA.thresholdEpochs.name: thresholdEpochs,
        ].merging(averaging.values) { $1 }
    }

    /// The λ with which weights below τ are zero after T steps: τγ/√T.
    ///
    /// - Parameters:
    ///   - threshold: τ ≥ 0.
    ///   - gamma: γ > 0.
    ///   - steps: T; values below 1 count as 1.
    public static func lambda(threshold: Double, gamma: Double, steps: Double) -> Double {
        threshold * gamma / max(steps, 1).squareRoot()
    }

    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> { try averaging.makeState(RDA.name, layout) }

    public func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        let steps = thresholdEpochs * Double(context.stepsPerEpoch)
        let lambda =
            threshold > 0 ? RDA.lambda(threshold: threshold, gamma: gamma, steps: steps) : self.lambda
        averaging.update(context, lambda: lambda, state: state, workers: workers)
    }
}
