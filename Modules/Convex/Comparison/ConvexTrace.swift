/// What a method reached, and at what cost.
public struct ConvexTrace: Sendable, Hashable, Codable {
    /// The state after a step.
    public struct Sample: Sendable, Hashable, Codable {
        /// ∇f evaluations so far; a single term of n counts 1/n.
        public let gradients: Double
        /// f evaluations so far, measurements for this trace not among them.
        public let functions: Int
        /// Seconds spent in the method so far, measurements not among them.
        public let seconds: Double
        /// (f(x) − f*) / (f(x₀) − f*).
        public let suboptimality: Double
    }

    /// The method's name.
    public let method: String
    /// The start, and the state after every step.
    public let samples: [Sample]

    /// The first sample that is as good as `tolerance`; nil if none is.
    public func first(within tolerance: Double) -> Sample? {
        samples.first { $0.suboptimality <= tolerance }
    }

    /// The least suboptimality reached.
    public var best: Double { samples.map(\.suboptimality).filter { !$0.isNaN }.min() ?? .nan }
}

/// When a run of a comparison ends: at whichever comes first.
public struct ConvexBudget: Sendable, Hashable {
    /// The most gradient evaluations.
    public var gradients: Double
    /// The relative suboptimality that is enough.
    public var tolerance: Double
    /// The most steps; line searches that stand still would never use up gradients.
    public var steps: Int
    /// The most seconds in the method.
    public var seconds: Double

    /// A budget.
    public init(gradients: Double = 500, tolerance: Double = 1e-10, steps: Int = 100_000, seconds: Double = .infinity) {
        self.gradients = gradients
        self.tolerance = tolerance
        self.steps = steps
        self.seconds = seconds
    }
}
