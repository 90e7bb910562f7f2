import Buffers
import CKernels

extension Neumann {
    public func makeState<Element: Scalar>(
        for layout: ParameterLayout, as type: Element.Type
    ) throws(AllocationError) -> OptimizerState<Element> {
        // `next-reset` and `interval` are in steps of the method; 0 stands for "not begun".
        try OptimizerState(
            rule: Neumann.name, layout: layout, vectors: ["series", "average"],
            scalars: [("momentum", 0), ("distance", 0), ("next-reset", 0), ("interval", 0)])
    }

    public func update<Element: Scalar>(
        _ context: StepContext<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        guard let w = context.parameters.baseAddress, let g = context.gradient.baseAddress else { return }
        let count = context.parameters.count
        let (m, v) = (state[vector: "series"].pointer, state[vector: "average"].pointer)
        if state.steps == 0 { v.update(from: w, count: count) }
        let rate = context.learningRate
        // A warm-up longer than any run is none that ends; beyond 2^53, steps could not be counted.
        let warmupSteps = min((warmup * Double(context.stepsPerEpoch)).rounded(), 0x1p53)
        let t = state.steps + 1 - Int(warmupSteps)
        guard t >= 1 else {
            // Plain descent: m stays 0, and v follows w so that it is w₀ when the method begins.
            return Self.step(
                w, g, m, v, count, Coefficients(pull: 0, keep: 0, mu: 0, rate: rate, inner: 0, gamma: 0), workers)
        }
        let mu = momentum(at: t)
        state[scalar: "momentum"] = mu
        let resets = isReset(at: t, stepsPerEpoch: context.stepsPerEpoch, state)
        let distance = Updates.squaredDistance(w, v, count: count, workers: workers).squareRoot()
        state[scalar: "distance"] = distance
        // Where w = v there is no direction to pull in.
        let pull =
            resets || distance == 0
            ? 0 : pullLength(at: distance, g, count: count, workers: workers) / distance
        Self.step(
            w, g, m, v, count,
            Coefficients(pull: pull, keep: resets ? 0 : mu, mu: mu, rate: rate, inner: rate, gamma: averaging), workers)
    }

    public var iterateDiffers: Bool { true }

    public func readIterate<Element: Scalar>(
        from parameters: UnsafeBufferPointer<Element>, into iterate: UnsafeMutableBufferPointer<Element>,
        state: OptimizerState<Element>, workers: Workers
    ) {
        precondition(parameters.count == iterate.count, "\(parameters.count) and \(iterate.count) elements")
        guard let w = parameters.baseAddress, let out = iterate.baseAddress else { return }
        displaced(w, by: -state[scalar: "momentum"], count: parameters.count, into: out, state, workers)
    }

    public func adoptIterate<Element: Scalar>(
        _ parameters: UnsafeMutableBufferPointer<Element>, state: OptimizerState<Element>, workers: Workers
    ) {
        guard let w = parameters.baseAddress else { return }
        displaced(w, by: state[scalar: "momentum"], count: parameters.count, into: w, state, workers)
    }

    /// Writes `point` + `factor` · m, which may be done in place.
    private func displaced<Element: Scalar>(
        _ point: UnsafePointer<Element>, by factor: Double, count: Int, into out: UnsafeMutablePointer<Element>,
        _ state: OptimizerState<Element>, _ workers: Workers
    ) {
        let m = state[vector: "series"].pointer
        workers.split(count, grain: Updates.grain) { range, _ in
            let at = range.lowerBound
            if Element.self == Float.self {
                ck_neumann_iterate_f32(
                    (point + at).as(Float.self), (m + at).as(Float.self), range.count, Float(-factor),
                    (out + at).as(Float.self))
            } else {
                ck_neumann_iterate_f64(
                    (point + at).as(Double.self), (m + at).as(Double.self), range.count, -factor,
                    (out + at).as(Double.self))
            }
        }
    }

    /// α‖w − v‖² − β/‖w − v‖², the regularisers' length along w − v, as far as the gradient's length allows.
    private func pullLength<Element: Scalar>(
        at distance: Double, _ g: UnsafePointer<Element>, count: Int, workers: Workers
    ) -> Double {
        let length = cubic * distance * distance - repulsion * Double(count) / (distance * distance)
        guard regulariserLimit > 0 else { return length }
        let longest = regulariserLimit * Updates.squaredNorm(g, count: count, workers: workers).squareRoot()
        return max(-longest, min(longest, length))
    }

    /// Whether the series starts anew at step t, and when it will the next time.
    private func isReset<Element: Scalar>(at t: Int, stepsPerEpoch: Int, _ state: OptimizerState<Element>) -> Bool {
        if t == 1 {
            let interval = max(1, (reset * Double(stepsPerEpoch)).rounded())
            state[scalar: "interval"] = interval
            state[scalar: "next-reset"] = 1 + interval
            return true
        }
        guard Double(t) >= state[scalar: "next-reset"] else { return false }
        state[scalar: "interval"] *= 2
        state[scalar: "next-reset"] += state[scalar: "interval"]
        return true
    }

    private struct Coefficients {
        let pull, keep, mu, rate, inner, gamma: Double
    }

    private static func step<Element: Scalar>(
        _ w: UnsafeMutablePointer<Element>, _ g: UnsafePointer<Element>, _ m: UnsafeMutablePointer<Element>,
        _ v: UnsafeMutablePointer<Element>, _ count: Int, _ c: Coefficients, _ workers: Workers
    ) {
        workers.split(count, grain: Updates.grain) { range, _ in
            let at = range.lowerBound
            if Element.self == Float.self {
                ck_neumann_f32(
                    (w + at).as(Float.self), (g + at).as(Float.self), (m + at).as(Float.self), (v + at).as(Float.self),
                    range.count, Float(c.pull), Float(c.keep), Float(c.mu), Float(c.rate), Float(c.inner),
                    Float(c.gamma))
            } else {
                precondition(Element.self == Double.self, "Scalar is Float or Double")
                ck_neumann_f64(
                    (w + at).as(Double.self), (g + at).as(Double.self), (m + at).as(Double.self),
                    (v + at).as(Double.self), range.count, c.pull, c.keep, c.mu, c.rate, c.inner, c.gamma)
            }
        }
    }
}
