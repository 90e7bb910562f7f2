/// Why a proposed point was not taken.
public enum Rejection: String, Sendable, Hashable, Codable, CaseIterable {
    /// There is no residual yet: nothing to combine.
    case tooFewPoints = "too-few-points"
    /// Every residual is zero: the method stands still.
    case zeroResiduals = "zero-residuals"
    /// The coefficients' sum nearly vanishes before it is scaled to 1. A smaller regularization helps.
    case vanishingSum = "vanishing-sum"
    /// A coefficient or an element of the point is infinite or not a number. More regularization helps.
    case notFinite = "not-finite"
    /// The caller measured it, and it was worse than the plain point.
    case worse
}

/// What came of asking for a point. In either case the point that was written is finite and can be used.
public enum Proposal: Sendable, Hashable {
    /// The combination was written.
    case accepted
    /// The method's own last point was written.
    case rejected(Rejection)
    /// The method's own last point was written: the window has yet to fill before it restarts.
    case deferred
}

/// What came of telling the objective at a proposed point.
public enum Refinement: Sendable, Hashable {
    /// Another point was written, to be measured.
    case measure
    /// The best point was written; its objective.
    case settled(objective: Double)
    /// No point is better than the last one, which was written.
    case noneBetter
}

/// How many points were given, and what became of the points proposed.
public struct Tally: Sendable, Hashable {
    /// Points that were taken into the history, since it was made.
    public var points = 0
    /// Points that were refused because they were not finite.
    public var refused = 0
    /// Proposals that were accepted.
    public var accepted = 0
    /// Proposals that were rejected, by reason; reasons that never occurred are absent.
    public var rejected: [Rejection: Int] = [:]

    /// Nothing yet.
    public init() {}

    /// Counts a proposal.
    public mutating func count(_ proposal: Proposal) {
        switch proposal {
        case .accepted: accepted += 1
        case .rejected(let reason): rejected[reason, default: 0] += 1
        case .deferred: break
        }
    }

    /// Moves the last accepted proposal to those rejected as worse.
    public mutating func withdraw() {
        guard accepted > 0 else { return }
        accepted -= 1
        rejected[.worse, default: 0] += 1
    }
}

/// What an accelerator holds, for logs and reports.
public struct Diagnostics: Sendable, Hashable {
    /// The largest number of points that are combined.
    public let window: Int
    /// The number of points that would be combined now.
    public let fill: Int
    /// The coefficients of the points that would be combined now, oldest first; empty if they would be rejected. Behind a
    /// search, those that it settled on.
    public let coefficients: [Double]
    /// The condition number of the system that gives the coefficients, if there is one: infinity if it is singular.
    public let conditionNumber: Double?
    /// What was given and proposed so far.
    public let tally: Tally

    /// What an accelerator says of itself.
    public init(window: Int, fill: Int, coefficients: [Double], conditionNumber: Double?, tally: Tally) {
        self.window = window
        self.fill = fill
        self.coefficients = coefficients
        self.conditionNumber = conditionNumber
        self.tally = tally
    }
}
