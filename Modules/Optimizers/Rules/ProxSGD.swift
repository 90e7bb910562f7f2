import Buffers
import CKernels

/// Proximal stochastic gradient descent: a gradient step, then the threshold of the ℓ1 regulariser.
///
/// With gradient g, learning rate η and regulariser λ, at step t = 1, 2, …:
///
///     α_t = η/√t
///     w ← sign(x) max(|x| − α_t λ, 0),   x = w − α_t g          filters and matrices
///     w ← w − α_t g                                             all other parameters
///
/// What regularized dual averaging (``RDA``) is compared with: the threshold α_t λ fades, so that few weights stay zero.
///
/// J. Duchi, Y. Singer, *Efficient online and batch learning using forward backward splitting*, JMLR 10, 2009; as a
/// baseline for networks: X. Jia, L. Zhao, L. Zhang, J. He, J. Xu, *Make ℓ1 regularization effective in training sparse
/// CNN*, 2018, algorithm 1. With γ = 1/η, both take steps of the same length.
public struct ProxSGD: Optimizer, Hashable {
    public static let name = "prox-sgd"
    public static let summary = "Proximal gradient descent with the ℓ1 regulariser: what rda is compared with."
    public static let multiplierObstacle: String? = nil
    public static let reported = DualAveraging.reported

    /// λ, the regulariser.
    public static let lambda = Setting(
        RDA.lambda.name, standard: 0, range: .from(0), summary: "The ℓ1 regulariser: the threshold over the step.")
    public static let settings = [lambda]

    /// λ ≥ 0.
    public let lambda: Double

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a value that is not allowed.
    public init(lambda: Double = ProxSGD.lambda.standard) throws(SettingError) {
        self.lambda = try ProxSGD.lambda.checked(lambda)
    }

    public init(_ values: SettingValues) throws(SettingError) { try self.init(lambda: values[ProxSGD.lambda]) }

    public var values: [String: Double] { [ProxSGD.lambda.name: lambda] }

    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> {
        try OptimizerState(rule: ProxSGD.name, layout: layout, scalars: ProxSGD.reported.map { ($0, 0) })
    }

    public func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        guard let w = context.parameters.baseAddress, let g = context.gradient.baseAddress else { return }
        let rate = context.learningRate / Double(state.steps + 1).squareRoot()
        state[scalar: "step-size"] = rate
        state[scalar: "threshold"] = rate * lambda
        Updates.forEachSegment(of: state.layout, workers: workers) { range, kind in
            Updates.forEachRun(of: context.multipliers, in: range) { range, factor in
                let (at, rate) = (range.lowerBound, rate * factor)
                let threshold = kind == .weight ? rate * lambda : 0
                if Element.self == Float.self {
                    ck_proximal_step_f32(
                        (w + at).as(Float.self), (g + at).as(Float.self), range.count, Float(rate), Float(threshold))
                } else {
                    precondition(Element.self == Double.self, "Scalar is Float or Double")
                    ck_proximal_step_f64(
                        (w + at).as(Double.self), (g + at).as(Double.self), range.count, rate, threshold)
                }
            }
        }
    }
}
