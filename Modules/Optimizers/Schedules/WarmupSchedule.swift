/// A ramp before another schedule: over the first W epochs, the other one's rate is multiplied by a factor that rises in
/// a straight line from φ to 1:
///
///     η(e) = η_other(e) (φ + (1 − φ) min(e/W, 1))
///
/// `warmup:0.1:5:cosine:0:90` rises for 5 epochs and falls until epoch 90: the other schedule's clock runs from the start.
///
/// P. Goyal et al., *Accurate, large minibatch SGD: training ImageNet in 1 hour*, 2017, section 2.2.
public struct WarmupSchedule: LearningRateSchedule {
    public static let name = "warmup"
    public static let form = "warmup:FACTOR:EPOCHS:SCHEDULE"

    /// φ, from 0 to 1.
    public let factor: Double
    /// W > 0.
    public let epochs: Double
    /// The schedule that is ramped.
    public let schedule: any LearningRateSchedule

    /// Checks and keeps settings.
    ///
    /// - Parameters:
    ///   - factor: φ, what part of the rate the first step has.
    ///   - epochs: W, how long the ramp is; above 0.
    ///   - schedule: what is ramped.
    /// - Throws: ``ScheduleError`` for a value that is not allowed.
    public init(factor: Double, epochs: Double, schedule: any LearningRateSchedule) throws(ScheduleError) {
        self.factor = try Self.checked(factor, "FACTOR", in: .closed(0, 1))
        self.epochs = try Self.checked(epochs, "EPOCHS", in: .above(0))
        self.schedule = schedule
    }

    public init(arguments: [Substring]) throws(ScheduleError) {
        try Self.expect(3...Int.max, of: arguments)
        try self.init(
            factor: Self.number(arguments[0], "FACTOR", in: .closed(0, 1)),
            epochs: Self.number(arguments[1], "EPOCHS", in: .above(0)),
            schedule: ScheduleTable.parse(arguments.dropFirst(2).joined(separator: ":")))
    }

    public func learningRate(base: Double, epoch: Double) -> Double {
        schedule.learningRate(base: base, epoch: epoch) * (factor + (1 - factor) * min(max(epoch, 0) / epochs, 1))
    }

    public var description: String {
        "\(Self.name):\(Number.text(factor)):\(Number.text(epochs)):\(schedule.description)"
    }
}
