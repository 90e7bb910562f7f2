import Buffers
import CKernels

/// Nesterov's momentum with Polyak's step length, found anew at every step from the loss and the gradient's norm.
///
/// With loss L, momentum α, confidence γ and an estimate f* of the least loss:
///
///     θ' = θ − αv,   g = ∇L(θ')                                 (v = 0 at first)
///     η = clip(γ |L(θ') − f*| / clip(‖g‖²))
///     v ← αv + ηg,   θ ← θ − v
///
/// ‖g‖² is kept within [1e-4, 1e10] and η within [0.001, 0.1]; each bound can be set, and 0 switches it off. There is no
/// learning rate to choose; η of a step is the number `step-size` of the state.
///
/// *Minibatch persistency and adaptive Nesterov* (thesis, 2018), section 3.3, algorithm 5, and the clipping of section
/// 3.4; B. T. Polyak, *Introduction to optimization*, 1987, section 5.3.
///
/// Departure: |L − f*|, as in the thesis's equation 3.3.3; its equation 3.3.4 has f* = 0, the default here. A gradient of
/// zero moves by momentum alone where ‖g‖² has no lower bound.
public struct AdaptiveNesterov: Optimizer, Hashable {
    public static let name = "adaptive-nesterov"
    public static let summary = "Nesterov's momentum with Polyak's step length; no learning rate to choose."
    public static let multiplierObstacle: String? = "it finds one step length for all weights together"
    public static let usesLearningRate = false
    public static let displaces = true
    public static let reported = ["step-size", "gradient-norm"]

    /// α, the part of the velocity that is kept.
    public static let momentum = Setting(
        SGD.momentum.name, standard: 0.9, range: .halfOpen(0, below: 1), summary: SGD.momentum.summary)
    /// γ, how far Polyak's step is trusted.
    public static let confidence = Setting(
        "confidence", standard: 1, range: .above(0),
        summary: "What Polyak's step length is multiplied by; below 2 in Polyak's analysis.")
    /// f*, the least loss there is.
    public static let leastLoss = Setting(
        "least-loss", standard: 0, range: .from(0), summary: "An estimate of the least value of the loss.")
    /// The lower bound of ‖g‖².
    public static let squareMinimum = Setting(
        "square-minimum", standard: 1e-4, range: .from(0),
        summary: "The least value that the gradient's squared norm counts as; 0 for none.")
    /// The upper bound of ‖g‖².
    public static let squareMaximum = Setting(
        "square-maximum", standard: 1e10, range: .from(0),
        summary: "The greatest value that the gradient's squared norm counts as; 0 for none.")
    /// The lower bound of η.
    public static let stepMinimum = Setting(
        "step-minimum", standard: 0.001, range: .from(0), summary: "The least step length; 0 for none.")
    /// The upper bound of η.
    public static let stepMaximum = Setting(
        "step-maximum", standard: 0.1, range: .from(0), summary: "The greatest step length; 0 for none.")

    public static let settings = [
        momentum, confidence, leastLoss, squareMinimum, squareMaximum, stepMinimum, stepMaximum,
    ]

    /// α in [0, 1).
    public let momentum: Double
    /// γ > 0.
    public let confidence: Double
    /// f* ≥ 0.
    public let leastLoss: Double
    /// The bounds of ‖g‖²; 0 for none.
    public let squareBounds: (minimum: Double, maximum: Double)
    /// The bounds of η; 0 for none.
    public let stepBounds: (minimum: Double, maximum: Double)

    public init(_ values: SettingValues) throws(SettingError) {
        momentum = values[AdaptiveNesterov.momentum]
        confidence = values[AdaptiveNesterov.confidence]
        leastLoss = values[AdaptiveNesterov.leastLoss]
        squareBounds = try AdaptiveNesterov.bounds(
            values, AdaptiveNesterov.squareMinimum, AdaptiveNesterov.squareMaximum)
        stepBounds = try AdaptiveNesterov.bounds(values, AdaptiveNesterov.stepMinimum, AdaptiveNesterov.stepMaximum)
    }

    private static func bounds(
        _ values: SettingValues, _ least: Setting, _ greatest: Setting
    ) throws(SettingError) -> (minimum: Double, maximum: Double) {
        let (minimum, maximum) = (values[least], values[greatest])
        guard maximum == 0 || minimum <= maximum else {
            throw .incompatible(
                names: ["\(least.name) \(Number.text(minimum))", "\(greatest.name) \(Number.text(maximum))"],
                reason: "the least value must not be above the greatest")
        }
        return (minimum, maximum)
    }

    public var values: [String: Double] {
        [
            AdaptiveNesterov.momentum.name: momentum, AdaptiveNesterov.confidence.name: confidence,
            AdaptiveNesterov.leastLoss.name: leastLoss, AdaptiveNesterov.squareMinimum.name: squareBounds.minimum,
            AdaptiveNesterov.squareMaximum.name: squareBounds.maximum,
            AdaptiveNesterov.stepMinimum.name: stepBounds.minimum,
            AdaptiveNesterov.stepMaximum.name: stepBounds.maximum,
        ]
    }

    public static func == (a: AdaptiveNesterov, b: AdaptiveNesterov) -> Bool { a.values == b.values }
    public func hash(into hasher: inout Hasher) { hasher.combine(values) }

    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> {
        try OptimizerState(
            rule: AdaptiveNesterov.name, layout: layout, vectors: ["velocity"],
            scalars: AdaptiveNesterov.reported.map { ($0, 0) })
    }

    public func displace<Element: Scalar>(
        _ parameters: UnsafeMutableBufferPointer<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        guard let theta = parameters.baseAddress, momentum > 0 else { return }
        let v = state[vector: "velocity"].pointer
        workers.split(parameters.count, grain: Updates.grain) { range, _ in
            let at = range.lowerBound
            if Element.self == Float.self {
                ck_look_ahead_f32(
                    (theta + at).as(Float.self), (v + at).as(Float.self), range.count, Float(momentum))
            } else {
                ck_look_ahead_f64((theta + at).as(Double.self), (v + at).as(Double.self), range.count, momentum)
            }
        }
    }

    /// η for a loss and a squared norm of the gradient.
    public func stepSize(loss: Double, squaredNorm: Double) -> Double {
        let square = AdaptiveNesterov.clip(squaredNorm, squareBounds)
        guard square > 0 else { return 0 }
        return AdaptiveNesterov.clip(confidence * abs(loss - leastLoss) / square, stepBounds)
    }

    private static func clip(_ value: Double, _ bounds: (minimum: Double, maximum: Double)) -> Double {
        let least = max(value, bounds.minimum)
        return bounds.maximum > 0 ? min(least, bounds.maximum) : least
    }

    public func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        guard let theta = context.parameters.baseAddress, let g = context.gradient.baseAddress else { return }
        let squaredNorm = Updates.squaredNorm(g, count: context.gradient.count, workers: workers)
        let rate = stepSize(loss: context.loss, squaredNorm: squaredNorm)
        state[scalar: "step-size"] = rate
        state[scalar: "gradient-norm"] = squaredNorm.squareRoot()
        let v = state[vector: "velocity"].pointer
        workers.split(context.parameters.count, grain: Updates.grain) { range, _ in
            let at = range.lowerBound
            if Element.self == Float.self {
                ck_step_ahead_f32(
                    (theta + at).as(Float.self), (g + at).as(Float.self), (v + at).as(Float.self), range.count,
                    Float(rate), Float(momentum))
            } else {
                precondition(Element.self == Double.self, "Scalar is Float or Double")
                ck_step_ahead_f64(
                    (theta + at).as(Double.self), (g + at).as(Double.self), (v + at).as(Double.self), range.count,
                    rate, momentum)
            }
        }
    }
}
