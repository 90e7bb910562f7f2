/// A line search for the strong Wolfe conditions: f decreases enough, and its slope has become much flatter.
///
/// J. Nocedal, S. J. Wright, *Numerical optimization*, 2006, algorithms 3.5 and 3.6, with cubic interpolation.
struct WolfeSearch {
    /// A point on the line.
    struct Point {
        let step: Double
        let point: [Double]
        let value: Double
        let slope: Double
        let gradient: [Double]
    }

    /// c₁: f ≤ f₀ + c₁ α f₀′.
    let decrease = 1e-4
    /// c₂: |f′| ≤ c₂ |f₀′|.
    let flatness = 0.9
    private let mostTrials = 30

    /// A point that satisfies the conditions; failing that, the best one found that decreases f; nil for none.
    ///
    /// Every trial evaluates f and ∇f once.
    func run(
        _ objective: CountedObjective, from x: [Double], along direction: [Double], value: Double, slope: Double,
        first: Double
    ) -> Point? {
        func evaluate(_ step: Double) -> Point {
            var gradient = [Double](repeating: 0, count: x.count)
            let point = Vectors.moved(x, along: direction, by: step)
            let value = objective.valueAndGradient(at: point, into: &gradient)
            return Point(
                step: step, point: point, value: value, slope: Vectors.dot(gradient, direction), gradient: gradient)
        }
        func isTooHigh(_ point: Point) -> Bool { !(point.value <= value + decrease * point.step * slope) }
        func isFlat(_ point: Point) -> Bool { point.slope.magnitude <= -flatness * slope }

        var low = Point(step: 0, point: x, value: value, slope: slope, gradient: [])
        var high: Point?
        var step = first
        for _ in 0..<mostTrials {
            let trial = evaluate(step)
            let last = low
            if isTooHigh(trial) || trial.value >= low.value {
                high = trial
            } else {
                if isFlat(trial) { return trial }
                // Between a point that goes down and one that goes up lies what is wanted.
                if high == nil ? trial.slope >= 0 : trial.slope * ((high?.step ?? 0) - low.step) >= 0 { high = low }
                low = trial
            }
            guard let bound = high else {
                step = WolfeSearch.beyond(last, trial)
                continue
            }
            let width = (bound.step - low.step).magnitude
            if width <= 1e-14 * max(bound.step, low.step) { break }
            step = WolfeSearch.between(low, bound)
        }
        return low.step > 0 && low.value < value ? low : nil
    }

    /// Where the slope vanishes if it goes on changing as it did, but neither close by nor out of sight.
    private static func beyond(_ a: Point, _ b: Point) -> Double {
        let secant = b.step - b.slope * (b.step - a.step) / (b.slope - a.slope)
        let (nearest, farthest) = (1.5 * b.step, 100 * b.step)
        return secant > 0 && secant.isFinite ? min(max(secant, nearest), farthest) : farthest
    }

    /// The minimum of the cubic through both points, but not close to either.
    private static func between(_ a: Point, _ b: Point) -> Double {
        let (lower, upper) = (min(a.step, b.step), max(a.step, b.step))
        let margin = 0.1 * (upper - lower)
        let d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
        let d2 = (d1 * d1 - a.slope * b.slope).squareRoot() * (b.step < a.step ? -1 : 1)
        let cubic = b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)
        guard cubic.isFinite else { return (lower + upper) / 2 }
        return min(max(cubic, lower + margin), upper - margin)
    }
}
