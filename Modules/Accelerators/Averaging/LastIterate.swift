import Buffers
import Optimizers

/// The last point itself: what an accelerator has to beat.
public struct LastIterate: Accelerator, Hashable {
    public static let name = "last-iterate"
    public static let summary = "The last point itself."
    public static let settings: [Setting] = []

    /// Makes the baseline; it has no settings.
    public init() {}

    public init(_ values: SettingValues) throws(SettingError) { self.init() }

    public var values: [String: Double] { [:] }

    public func makeState<Element: Scalar>(
        count: Int, gradientCount: Int, as type: Element.Type
    ) throws(AcceleratorError) -> any AcceleratorState<Element> {
        try AverageState<Element>(count: count, window: 1) { _ in 1 }
    }
}
