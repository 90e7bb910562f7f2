import Glibc

/// Half a cosine from η₀ to η_T over the first T epochs, then flat:
///
///     η(e) = η_T + (η₀ − η_T) (1 + cos(π min(e/T, 1)))/2
///
/// I. Loshchilov, F. Hutter, *SGDR: stochastic gradient descent with warm restarts*, ICLR 2017, equation 5, without
/// restarts.
public struct CosineSchedule: LearningRateSchedule, Hashable {
    public static let name = "cosine"
    public static let form = "cosine:FINAL:EPOCHS"

    /// η_T ≥ 0.
    public let final: Double
    /// T > 0.
    public let epochs: Double

    /// Checks and keeps settings.
    ///
    /// - Parameters:
    ///   - final: η_T, the rate at the end; at least 0.
    ///   - epochs: T, how many epochs the curve takes; above 0.
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
        epoch >= epochs ? final : final + (base - final) * (1 + cos(.pi * max(0, epoch / epochs))) / 2
    }

    public var description: String { "\(Self.name):\(Number.text(final)):\(Number.text(epochs))" }
}
