import Glibc

/// A staircase: the rate is multiplied by a factor φ at each of the epochs E₁ < E₂ < …
///
///     η(e) = η₀ φ^k,   k = how many of the E_i are at most e
///
/// `step:150,225:0.1` trains 150 epochs at η₀, 75 at η₀/10, the rest at η₀/100.
public struct StepSchedule: LearningRateSchedule, Hashable {
    public static let name = "step"
    public static let form = "step:E1,E2,…:FACTOR"

    private static let epochRange = SettingRange.whole(1, 1 << 30)

    /// The numbers of epochs after which the rate changes, rising.
    public let epochs: [Int]
    /// φ > 0.
    public let factor: Double

    /// Checks and keeps settings.
    ///
    /// - Parameters:
    ///   - epochs: after how many epochs the rate changes: at least one number, each at least 1, rising.
    ///   - factor: what the rate is multiplied by, above 0.
    /// - Throws: ``ScheduleError`` for values that are not allowed.
    public init(epochs: [Int], factor: Double) throws(ScheduleError) {
        self.factor = try Self.checked(factor, "FACTOR", in: .above(0))
        for epoch in epochs { _ = try Self.checked(Double(epoch), "epoch", in: Self.epochRange) }
        guard !epochs.isEmpty, zip(epochs, epochs.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .badArgument(
                name: "E1,E2,…", found: Self.text(epochs), allowed: "one or more epochs, rising", form: Self.form)
        }
        self.epochs = epochs
    }

    public init(arguments: [Substring]) throws(ScheduleError) {
        try Self.expect(2, of: arguments)
        var epochs: [Int] = []
        for text in arguments[0].split(separator: ",", omittingEmptySubsequences: false) {
            epochs.append(Int(try Self.number(text, "epoch", in: Self.epochRange)))
        }
        try self.init(epochs: epochs, factor: Self.number(arguments[1], "FACTOR", in: .above(0)))
    }

    public func learningRate(base: Double, epoch: Double) -> Double {
        base * pow(factor, Double(epochs.count { Double($0) <= epoch }))
    }

    public var description: String { "\(Self.name):\(Self.text(epochs)):\(Number.text(factor))" }

    private static func text(_ epochs: [Int]) -> String { epochs.map(String.init).joined(separator: ",") }
}
