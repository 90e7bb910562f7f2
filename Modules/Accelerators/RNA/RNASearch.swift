/// A point that a search for the best extrapolation wants measured.
public struct RNACandidate: Sendable, Hashable {
    /// The λ that its coefficients are of.
    public let regularization: Double
    /// t in x_0 + t (extrapolation − x_0), where x_0 is the point that the window's sequence starts from.
    public let step: Double
    /// The coefficients of the extrapolation, oldest point first.
    public var coefficients: [Double] { solution.coefficients }

    let solution: RNASolution
}

/// The search of adaptive ``RNA``: the caller measures one point after the other, and the one of least objective wins.
///
/// First every λ of a ``RNAGrid``; then, from the best of them, the steps 2, 4, 8, … from the sequence's start through the
/// extrapolation and beyond, while the objective falls. Points that are no better than the last iterate never win.
///
///     var search = state.search(.logarithmic, lastObjective: f(x))
///     while let candidate = search.candidate {
///         let isFinite = try state.combine(candidate, into: y)
///         search.report(isFinite ? f(y) : .infinity)
///     }
///     if let best = search.best { try state.combine(best, into: y) }
///
/// D. Scieur, A. d'Aspremont, F. Bach, *Regularized nonlinear acceleration*, NIPS 2016, and its published code.
public struct RNASearch: Sendable, Hashable {
    /// What is to be measured next; nil when the search is over.
    public private(set) var candidate: RNACandidate?
    /// The point of least objective among those measured; nil while none beats the last iterate.
    public private(set) var best: RNACandidate?
    /// The objective there; that of the last iterate while ``best`` is nil.
    public private(set) var bestObjective: Double
    /// How many points were measured.
    public private(set) var measurements = 0

    /// The solutions not yet tried, last one first.
    private var rest: [RNACandidate]
    private let triesSteps: Bool

    /// The longest step is 2 to this power: an objective without a lower bound must not keep the search going.
    private static let mostDoublings = 32

    init(_ candidates: [RNACandidate], lastObjective: Double, triesSteps: Bool) {
        rest = candidates.reversed()
        candidate = rest.popLast()
        bestObjective = lastObjective.isNaN ? .infinity : lastObjective
        self.triesSteps = triesSteps
    }

    /// Tells the objective at the last iterate, where it was not known when the search began.
    mutating func compare(with lastObjective: Double) {
        if best == nil, !lastObjective.isNaN { bestObjective = min(bestObjective, lastObjective) }
    }

    /// Tells the objective at ``candidate`` and goes on to the next one.
    ///
    /// - Parameter objective: less is better; NaN is worse than any number.
    public mutating func report(_ objective: Double) {
        guard let measured = candidate else { return }
        measurements += 1
        let isBetter = objective < bestObjective
        if isBetter { (best, bestObjective) = (measured, objective) }
        if let next = rest.popLast() {
            candidate = next
        } else if triesSteps, let best, isBetter || measured.step == 1, best.step.exponent < RNASearch.mostDoublings {
            candidate = RNACandidate(
                regularization: best.regularization, step: 2 * best.step, solution: best.solution)
        } else {
            candidate = nil
        }
    }
}
