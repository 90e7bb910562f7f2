import Buffers
import Glibc

/// A rate that goes up and down between two bounds, with half a cycle of S epochs:
///
///     cycle = ⌊1 + e/2S⌋,   x = |e/S − 2·cycle + 1|
///     η(e) = η₀ + (η_max − η₀) window(x) scale
///
/// The window is 1 − x (linear), 1 − x² (parabolic, Welch's) or (1 + cos πx)/2 (sinusoidal, Hann's); x runs from 1 at the
/// ends of a cycle to 0 in its middle. The scale is 1 (`triangular`), 2^(1−cycle) (`triangular2`) or γ^e (`exp-range=γ`).
/// The run's learning rate is the lower bound. S of 2 to 10 epochs is advised.
///
/// L. N. Smith, *Cyclical learning rates for training neural networks*, WACV 2017, section 3.1.
///
/// Departure: γ of `exp-range` is the factor of an epoch, the paper's that of a step, so that it does not change with
/// the batch size: γ here is the paper's to the power of the steps of an epoch.
public struct CyclicalSchedule: LearningRateSchedule, Hashable {
    public static let name = "cyclical"
    public static let form = "cyclical:MAX:HALF-CYCLE:SCALE[:WINDOW]"

    /// How a cycle's height changes from cycle to cycle.
    public enum Scale: Sendable, Hashable {
        /// Not at all.
        case triangular
        /// It halves after every cycle.
        case triangular2
        /// It falls by a factor γ an epoch, from 0 to 1.
        case exponential(Double)
    }

    /// The shape of a cycle.
    public enum Window: String, Sendable, Hashable, CaseIterable {
        /// 1 − x.
        case linear
        /// 1 − x², Welch's window.
        case parabolic
        /// (1 + cos πx)/2, Hann's window.
        case sinusoidal
    }

    /// η_max, at least 0.
    public let maximum: Double
    /// S > 0, in epochs.
    public let halfCycle: Double
    /// How a cycle's height changes.
    public let scale: Scale
    /// The shape of a cycle.
    public let window: Window

    /// Checks and keeps settings.
    ///
    /// - Parameters:
    ///   - maximum: η_max, the rate in the middle of the first cycle; at least 0.
    ///   - halfCycle: S, the epochs from the lower bound to the upper one; above 0.
    ///   - scale: how a cycle's height changes from cycle to cycle.
    ///   - window: the shape of a cycle.
    /// - Throws: ``ScheduleError`` for a value that is not allowed.
    public init(
        maximum: Double, halfCycle: Double, scale: Scale = .triangular, window: Window = .linear
    ) throws(ScheduleError) {
        self.maximum = try Self.checked(maximum, "MAX", in: .from(0))
        self.halfCycle = try Self.checked(halfCycle, "HALF-CYCLE", in: .above(0))
        if case .exponential(let factor) = scale { _ = try Self.checked(factor, "exp-range", in: .closed(0, 1)) }
        self.scale = scale
        self.window = window
    }

    public init(arguments: [Substring]) throws(ScheduleError) {
        try Self.expect(3...4, of: arguments)
        try self.init(
            maximum: Self.number(arguments[0], "MAX", in: .from(0)),
            halfCycle: Self.number(arguments[1], "HALF-CYCLE", in: .above(0)), scale: Self.scale(arguments[2]),
            window: arguments.count > 3 ? Self.window(arguments[3]) : .linear)
    }

    private static func scale(_ text: Substring) throws(ScheduleError) -> Scale {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts[0], parts.count) {
        case ("triangular", 1): return .triangular
        case ("triangular2", 1): return .triangular2
        case ("exp-range", 2): return .exponential(try number(parts[1], "exp-range", in: .closed(0, 1)))
        default: throw bad("SCALE", text, among: ["triangular", "triangular2", "exp-range=FACTOR"])
        }
    }

    private static func window(_ text: Substring) throws(ScheduleError) -> Window {
        guard let window = Window(rawValue: String(text)) else {
            throw bad("WINDOW", text, among: Window.allCases.map(\.rawValue))
        }
        return window
    }

    private static func bad(_ name: String, _ text: Substring, among words: [String]) -> ScheduleError {
        .badArgument(
            name: name, found: String(text),
            allowed: words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
                + (Spelling.nearest(to: String(text), among: words).map { "; did you mean '\($0)'?" } ?? ""), form: form
        )
    }

    public func learningRate(base: Double, epoch: Double) -> Double {
        let e = max(0, epoch)
        let cycle = floor(1 + e / (2 * halfCycle))
        let x = min(abs(e / halfCycle - 2 * cycle + 1), 1)
        let shape =
            switch window {
            case .linear: 1 - x
            case .parabolic: 1 - x * x
            case .sinusoidal: (1 + cos(.pi * x)) / 2
            }
        let height =
            switch scale {
            case .triangular: 1.0
            case .triangular2: exp2(1 - cycle)
            case .exponential(let factor): pow(factor, e)
            }
        return base + (maximum - base) * shape * height
    }

    public var description: String {
        let scale =
            switch scale {
            case .triangular: "triangular"
            case .triangular2: "triangular2"
            case .exponential(let factor): "exp-range=\(Number.text(factor))"
            }
        let text = "\(Self.name):\(Number.text(maximum)):\(Number.text(halfCycle)):\(scale)"
        return window == .linear ? text : "\(text):\(window.rawValue)"
    }
}
