import Buffers
import CKernels

/// Stochastic gradient descent: plain, with momentum, or with Nesterov's momentum.
///
/// With gradient g, weight decay δ, momentum μ and learning rate η:
///
///     h = g + δθ
///     v ← μv + h                     (v = 0 at first; plain: v = h)
///     θ ← θ − ηv                     momentum
///     θ ← θ − η(h + μv)              Nesterov
///
/// B. T. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964; I. Sutskever, J. Martens,
/// G. Dahl, G. Hinton, *On the importance of initialization and momentum in deep learning*, ICML 2013.
///
/// Departure: the papers write v ← μv + ηg, θ ← θ − v. Both are the same as long as η is constant. Here v holds gradients
/// and not steps, as in PyTorch, so a change of η acts on the very next step instead of fading in over 1/(1−μ) steps.
/// Weight decay is coupled (the gradient of δ/2 ‖θ‖²) and acts on all trainable parameters, as in PyTorch, unless
/// `decaysWeightsOnly`.
public struct SGD: Optimizer, Hashable {
    public static let name = "sgd"
    public static let summary = "Stochastic gradient descent, with or without momentum."
    public static let multiplierObstacle: String? = nil

    /// μ, the part of the velocity that is kept from step to step.
    public static let momentum = Setting(
        "momentum", standard: 0, range: .halfOpen(0, below: 1),
        summary: "The part of the velocity that is kept from step to step; 0.9 is common.")
    /// Whether the gradient is looked at one step ahead.
    public static let nesterov = Setting(
        "nesterov", standard: 0, range: .flag, summary: "Nesterov's momentum instead of the classical one.")

    public static let settings = [momentum, nesterov, WeightDecay.rate, WeightDecay.weightsOnly]

    /// μ in [0, 1); 0, the default, is plain gradient descent.
    public let momentum: Double
    /// Whether Nesterov's form is used; needs a momentum. False by default.
    public let nesterov: Bool
    /// δ and what it acts on.
    public let weightDecay: WeightDecay

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a value that is not allowed, or for `nesterov` without a momentum.
    public init(
        momentum: Double = SGD.momentum.standard, nesterov: Bool = SGD.nesterov.standard != 0,
        weightDecay: Double = WeightDecay.rate.standard,
        decaysWeightsOnly: Bool = WeightDecay.weightsOnly.standard != 0
    ) throws(SettingError) {
        self.momentum = try SGD.momentum.checked(momentum)
        guard !nesterov || momentum > 0 else {
            throw .incompatible(
                names: [SGD.nesterov.name, "\(SGD.momentum.name) 0"], reason: "give a momentum above 0, such as 0.9")
        }
        self.nesterov = nesterov
        self.weightDecay = try WeightDecay(rate: weightDecay, weightsOnly: decaysWeightsOnly)
    }

    public init(_ values: SettingValues) throws(SettingError) {
        try self.init(
            momentum: values[SGD.momentum], nesterov: values[SGD.nesterov] != 0,
            weightDecay: values[WeightDecay.rate], decaysWeightsOnly: values[WeightDecay.weightsOnly] != 0)
    }

    public var values: [String: Double] {
        [SGD.momentum.name: momentum, SGD.nesterov.name: nesterov ? 1 : 0].merging(weightDecay.values) { $1 }
    }

    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> {
        try OptimizerState(rule: SGD.name, layout: layout, vectors: momentum > 0 ? ["velocity"] : [])
    }

    public func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        guard let theta = context.parameters.baseAddress, let g = context.gradient.baseAddress else { return }
        let v = momentum > 0 ? state[vector: "velocity"].pointer : nil
        weightDecay.forEachRange(of: state.layout, multipliers: context.multipliers, workers: workers) {
            range, decay, factor in
            let (theta, g, v) = (theta + range.lowerBound, g + range.lowerBound, v.map { $0 + range.lowerBound })
            let rate = context.learningRate * factor
            if Element.self == Float.self {
                let (rate, mu, decay) = (Float(rate), Float(momentum), Float(decay))
                if let v {
                    (nesterov ? ck_sgd_nesterov_f32 : ck_sgd_momentum_f32)(
                        theta.as(Float.self), g.as(Float.self), v.as(Float.self), range.count, rate, mu, decay)
                } else {
                    ck_sgd_f32(theta.as(Float.self), g.as(Float.self), range.count, rate, decay)
                }
            } else {
                precondition(Element.self == Double.self, "Scalar is Float or Double")
                if let v {
                    (nesterov ? ck_sgd_nesterov_f64 : ck_sgd_momentum_f64)(
                        theta.as(Double.self), g.as(Double.self), v.as(Double.self), range.count, rate, momentum, decay)
                } else {
                    ck_sgd_f64(theta.as(Double.self), g.as(Double.self), range.count, rate, decay)
                }
            }
        }
    }
}
