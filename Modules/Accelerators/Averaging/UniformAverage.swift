import Buffers
import Optimizers

/// The mean of the last N points: (1/N) Σ x_i, a baseline for ``RNA``.
///
/// P. Izmailov, D. Podoprikhin, T. Garipov, D. Vetrov, A. G. Wilson, *Averaging weights leads to wider optima and better
/// generalization*, UAI 2018. Departure: the paper averages all points of the last phase of a run; here it is a window, for
/// a fair comparison.
public struct UniformAverage: Accelerator, Hashable {
    public static let name = "uniform-average"
    public static let summary = "The mean of the last points."

    /// N, how many points are averaged.
    public static let window = Setting(
        "window", standard: 10, range: .whole(1, 128), summary: "How many of the last points are averaged.")

    public static let settings = [window]

    /// N in 1…128; 10 by default.
    public let window: Int

    /// Checks and keeps settings.
    ///
    /// - Throws: ``SettingError`` for a value that is not allowed.
    public init(window: Int = Int(UniformAverage.window.standard)) throws(SettingError) {
        self.window = Int(try UniformAverage.window.checked(Double(window)))
    }

    public init(_ values: SettingValues) throws(SettingError) {
        try self.init(window: Int(values[UniformAverage.window]))
    }

    public var values: [String: Double] { [UniformAverage.window.name: Double(window)] }

    public func makeState<Element: Scalar>(
        count: Int, gradientCount: Int, as type: Element.Type
    ) throws(AcceleratorError) -> any AcceleratorState<Element> {
        try AverageState<Element>(count: count, window: window) { _ in 1 }
    }

    /// What each of so many points counts, oldest first.
    public func coefficients(of points: Int) -> [Double] { AgeWeights.coefficients(of: points) { _ in 1 } }
}
