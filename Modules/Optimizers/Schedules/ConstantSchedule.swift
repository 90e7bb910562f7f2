/// The same learning rate throughout: η = η₀.
public struct ConstantSchedule: LearningRateSchedule, Hashable {
    public static let name = "constant"
    public static let form = "constant"

    /// Makes the schedule.
    public init() {}

    public init(arguments: [Substring]) throws(ScheduleError) { try Self.expect(0, of: arguments) }

    public func learningRate(base: Double, epoch: Double) -> Double { base }

    public var description: String { Self.name }
}
