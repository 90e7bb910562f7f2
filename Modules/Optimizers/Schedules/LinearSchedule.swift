/// A straight line from η₀ to η_T over the first T epochs, then flat:
///
///     η(e) = η₀ + (η_T − η₀) min(e/T, 1)
///
/// D. Scieur, E. Oyallon, A. d'Aspremont, F. Bach, *Nonlinear acceleration of deep neural networks*, 2018, equation 12
/// (1.0 to 0.01 for SGD, 0.1 to 0.001 with momentum). The line advances at every step, not once an epoch.
public struct LinearSchedule: LearningRateSchedule, Hashable {
    public static let name = "linear"
    public static let form = "linear:FINAL:EPOCHS"

    /// η_T ≥ 0.
    public let final: Double
    /// T > 0.
    public let epochs: Double

    /// Checks and keeps settings.
    ///
    /// - Parameters:
    ///   - final: η_T, the rate at the end; at least 0.
    ///   - epochs: T, how many epochs the line takes; above 0.
    /// - Throws: ``ScheduleError`` for a value that is not allowed.
    public init(final: Double, epochs: Double) throws(ScheduleError) {
        self.final = try Self.checked(final, "FINAL", in: .from(0))
        self.epochs = try Self.checked(epochs, "EPOCHS", in: .above(0))
    }

    public init(arguments: [Substring]) throws(ScheduleError) {
        try Self.expect(2, of: arguments)
        try self.init(
            final: Self.number(arguments[0], "FINAL", in: .from(0)),
            epochs: Self.number(arguments[1], "EPOCHS", in: .above(0)))
    }

    public func learningRate(base: Double, epoch: Double) -> Double {
        epoch >= epochs ? final : base + (final - base) * max(0, epoch / epochs)
    }

    public var description: String { "\(Self.name):\(Number.text(final)):\(Number.text(epochs))" }
}
