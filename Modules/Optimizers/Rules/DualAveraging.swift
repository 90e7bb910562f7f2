import Buffers
import CKernels

/// What simple and regularized dual averaging have in common: the mean gradient, and the point that it leads to.
struct DualAveraging: Sendable, Hashable {
    /// γ, what the steps are divided by.
    static let gamma = Setting(
        "gamma", standard: 1, range: .above(0),
        summary: "The strong convexity's weight: steps are 1/(gamma √t) long. It is lowered in stages.")
    /// What batch normalisation's factors are drawn to.
    static let scaleCentre = Setting(
        "scale-centre", standard: 1, range: .closed(0, 1),
        summary: "Where batch normalisation's factors stand without a gradient: 1 as at their start, or 0.")
    /// How many steps the start counts for.
    static let anchorSteps = Setting(
        "anchor-steps", standard: 0, range: .whole(0, 1 << 30),
        summary: "Start as if so many steps had led to the weights, and let stages go on from them; 0 forgets them.")
    /// Numbers that a state tells: 1/(γ√t), and the bound on weights below which they are 0.
    /// Why parts of θ cannot have learning rates of their own.
    static let multiplierObstacle =
        "it makes its weights anew from the mean of all gradients, with one step length for all of them"
    static let reported = ["step-size", "threshold"]

    let gamma: Double
    let scaleCentre: Double
    let anchorSteps: Double

    init(_ values: SettingValues) {
        gamma = values[DualAveraging.gamma]
        scaleCentre = values[DualAveraging.scaleCentre]
        anchorSteps = values[DualAveraging.anchorSteps]
    }

    var values: [String: Double] {
        [
            DualAveraging.gamma.name: gamma, DualAveraging.scaleCentre.name: scaleCentre,
            DualAveraging.anchorSteps.name: anchorSteps,
        ]
    }

    func makeState<Element: Scalar>(
        _ rule: String, _ layout: ParameterLayout
    ) throws(AllocationError) -> OptimizerState<Element> {
        try OptimizerState(
            rule: rule, layout: layout, vectors: ["mean-gradient"],
            scalars: (DualAveraging.reported + ["gamma", "lambda"]).map { ($0, 0) })
    }

    func update<Element: Scalar>(
        _ context: StepContext<Element>, lambda: Double, state: OptimizerState<Element>, workers: Workers
    ) {
        guard let w = context.parameters.baseAddress, let g = context.gradient.baseAddress else { return }
        let mean = state[vector: "mean-gradient"].pointer
        let t = Double(state.steps + 1) + anchorSteps
        let scale = t.squareRoot() / gamma
        state[scalar: "step-size"] = scale / t
        state[scalar: "threshold"] = scale * lambda
        if anchorSteps > 0, state[scalar: "gamma"] != gamma || state[scalar: "lambda"] != lambda {
            anchor(w, mean, lambda: lambda, scale: (t - 1).squareRoot() / gamma, state.layout, workers)
        }
        state[scalar: "gamma"] = gamma
        state[scalar: "lambda"] = lambda
        Updates.forEachSegment(of: state.layout, workers: workers) { range, kind in
            let at = range.lowerBound
            let lambda = kind == .weight ? lambda : 0
            let centre = kind == .scale ? scaleCentre : 0
            if Element.self == Float.self {
                ck_dual_averaging_f32(
                    (w + at).as(Float.self), (g + at).as(Float.self), (mean + at).as(Float.self), range.count,
                    Float(1 / t), Float(scale), Float(lambda), Float(centre))
            } else {
                precondition(Element.self == Double.self, "Scalar is Float or Double")
                ck_dual_averaging_f64(
                    (w + at).as(Double.self), (g + at).as(Double.self), (mean + at).as(Double.self), range.count,
                    1 / t, scale, lambda, centre)
            }
        }
    }

    /// Makes the mean gradient what leads to the weights as they are.
    private func anchor<Element: Scalar>(
        _ w: UnsafeMutablePointer<Element>, _ mean: UnsafeMutablePointer<Element>, lambda: Double, scale: Double,
        _ layout: ParameterLayout, _ workers: Workers
    ) {
        Updates.forEachSegment(of: layout, workers: workers) { range, kind in
            let at = range.lowerBound
            let lambda = kind == .weight ? lambda : 0
            let centre = kind == .scale ? scaleCentre : 0
            if Element.self == Float.self {
                ck_dual_anchor_f32(
                    (w + at).as(Float.self), (mean + at).as(Float.self), range.count, Float(scale), Float(lambda),
                    Float(centre))
            } else {
                ck_dual_anchor_f64(
                    (w + at).as(Double.self), (mean + at).as(Double.self), range.count, scale, lambda, centre)
            }
        }
    }
}
