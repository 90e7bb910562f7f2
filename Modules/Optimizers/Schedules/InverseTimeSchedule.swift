/// A rate that falls as the inverse of time:
///
///     η(e) = η₀/(1 + κe)
///
/// `inverse:0.1` has halved after 10 epochs. H. Robbins, S. Monro, *A stochastic approximation method*, 1951.
public struct InverseTimeSchedule: LearningRateSchedule, Hashable {
    public static let name = "inverse"
    public static let form = "inverse:DECAY"

    /// κ ≥ 0, an epoch.
    public let decay: Double

    /// Checks and keeps settings.
    ///
    /// - Parameter decay: κ; 1/κ epochs halve the rate.
    /// - Throws: ``ScheduleError`` for a value that is not allowed.
    public init(decay: Double) throws(ScheduleError) { self.decay = try Self.checked(decay, "DECAY", in: .from(0)) }

    public init(arguments: [Substring]) throws(ScheduleError) {
        try Self.expect(1, of: arguments)
        try self.init(decay: Self.number(arguments[0], "DECAY", in: .from(0)))
    }

    public func learningRate(base: Double, epoch: Double) -> Double { base / (1 + decay * max(0, epoch)) }

    public var description: String { "\(Self.name):\(Number.text(decay))" }
}
