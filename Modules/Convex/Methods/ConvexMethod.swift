/// A method that minimises a convex function: a value of settings.
public protocol ConvexMethod: Sendable {
    /// What it is called on the command line and in tables.
    var name: String { get }

    /// Starts a run.
    ///
    /// - Parameters:
    ///   - objective: what is minimised; the run evaluates it only through this.
    ///   - start: the first point.
    /// - Throws: ``ConvexError`` if the method cannot be applied to the objective.
    func makeRun(_ objective: CountedObjective, from start: [Double]) throws(ConvexError) -> any ConvexRun
}

/// A method under way, as RNA sees it: x_i = g(y_{i−1}), and y_i from what came before.
public protocol ConvexRun: AnyObject {
    /// x_i, what the last step came to; before the first, where it starts.
    var point: [Double] { get }
    /// y_i, where the next step goes on from; the same point for methods without momentum.
    var origin: [Double] { get }

    /// Takes a step, or, for a stochastic method, a pass over the data.
    func step()

    /// Goes on from another point: y_i becomes `point`.
    func move(to point: [Double])
}

/// How long a gradient step is.
public enum StepRule: String, Sendable, Hashable, Codable, CaseIterable {
    /// 1/L, with the objective's L.
    case fixed
    /// 1/L′, with L′ doubled until the step decreases f as much as it must where L′ is a Lipschitz constant.
    case backtracking
}

/// Gradient steps of a rule: x = y − ∇f(y)/L′.
struct GradientStep {
    /// L′.
    private(set) var smoothness: Double
    private let rule: StepRule
    private let mayGrow: Bool
    private var isFirst = true
    private var gradient: [Double]

    /// - Parameter mayGrow: whether a step may be longer than the one before it; Nesterov's estimates forbid it.
    init(_ rule: StepRule, _ objective: CountedObjective, mayGrow: Bool) {
        self.rule = rule
        self.mayGrow = mayGrow
        smoothness = rule == .fixed ? objective.objective.smoothness : 1
        gradient = [Double](repeating: 0, count: objective.dimension)
    }

    /// The point that a step from `y` leads to.
    mutating func callAsFunction(_ objective: CountedObjective, from y: [Double]) -> [Double] {
        guard rule == .backtracking else {
            objective.gradient(at: y, into: &gradient)
            return Vectors.moved(y, along: gradient, by: -1 / smoothness)
        }
        let value = objective.valueAndGradient(at: y, into: &gradient)
        let square = Vectors.dot(gradient, gradient)
        guard square > 0 else { return y }
        if mayGrow, !isFirst { smoothness /= 2 }
        var next = y
        /// Whether 1/L′ is short enough. Where f no longer tells the points apart, it is.
        func isShort(_ smoothness: Double) -> Bool {
            next = Vectors.moved(y, along: gradient, by: -1 / smoothness)
            let least = square / (2 * smoothness)
            return objective.value(at: next) <= value - least || least <= .ulpOfOne * value.magnitude
        }
        var isEnough = isShort(smoothness)
        if isFirst, isEnough {
            // Nothing is known of the scale yet: as long as can be, but one.
            while smoothness > 1e-100, isShort(smoothness / 2) { smoothness /= 2 }
            next = Vectors.moved(y, along: gradient, by: -1 / smoothness)
        }
        while !isEnough, smoothness < 1e100 {
            smoothness *= 2
            isEnough = isShort(smoothness)
        }
        isFirst = false
        return next
    }
}
