import Buffers
import Glibc
import Optimizers

/// The mean of the last N points with weights that fall with age: x_i counts α^(age of i), a baseline for ``RNA``.
///
/// B. T. Polyak, A. B. Juditsky, *Acceleration of stochastic approximation by averaging*, 1992, is the uniform case;
/// exponential weights are the customary variant for networks. Departure: only the window's points count.
public struct ExponentialAverage: Accelerator, Hashable {
    public static let name = "exponential-average"
    public static let summary = "The mean of the last points, newer ones counting more."

    /// N, how many points are averaged.
    public static let window = Setting(
        "window", standard: 10, range: .whole(1, 128), summary: "How many of the last points are averaged.")
    /// α, what a point counts relative to the next.
    public static let decay = Setting(
        "decay", standard: 0.9, range: .closed(0, 1), summary: "What a point counts relative to the next newer one.")

    public static let settings = [window, decay]

    /// N in 1…128; 10 by default.
    public let window: Int
    /// α in [0, 1]; 0.9 by default. 1 is the uniform mean, 0 the last point.
    public let decay: Double

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a value that is not allowed.
    public init(
        window: Int = Int(ExponentialAverage.window.standard), decay: Double = ExponentialAverage.decay.standard
    ) throws(SettingError) {
        self.window = Int(try ExponentialAverage.window.checked(Double(window)))
        self.decay = try ExponentialAverage.decay.checked(decay)
    }

    public init(_ values: SettingValues) throws(SettingError) {
        try self.init(window: Int(values[ExponentialAverage.window]), decay: values[ExponentialAverage.decay])
    }

    public var values: [String: Double] {
        [ExponentialAverage.window.name: Double(window), ExponentialAverage.decay.name: decay]
    }

    public func makeState<Element: Scalar>(
        count: Int, gradientCount: Int, as type: Element.Type
    ) throws(AcceleratorError) -> any AcceleratorState<Element> {
        try AverageState<Element>(count: count, window: window, weight: weight)
    }

    /// What each of so many points counts, oldest first.
    public func coefficients(of points: Int) -> [Double] { AgeWeights.coefficients(of: points, weight: weight) }

    @Sendable private func weight(age: Int) -> Double { pow(decay, Double(age)) }
}
