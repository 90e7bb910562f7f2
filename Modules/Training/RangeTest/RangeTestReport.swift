import Foundation

/// A range test's picture: one HTML file that can be read offline, with loss and accuracy against the learning rate.
public struct RangeTestReport: Sendable {
    /// What was tested.
    public let description: RunDescription
    /// What was recorded.
    public let range: LearningRateRange

    /// A report on a test.
    ///
    /// - Parameters:
    ///   - description: the test's title, settings and environment; any text may stand in them.
    ///   - range: what was recorded.
    public init(description: RunDescription, range: LearningRateRange) {
        self.description = description
        self.range = range
    }

    /// The report's text, to be written as UTF-8.
    public func html() -> String {
        HTMLPage.text(
            title: description.title, kicker: "learning-rate range test",
            body: """
                \(tiles)
                \(charts)
                \(HTMLPage.entries(description))
                """)
    }

    private var tiles: String {
        let last = range.points.last.map { NumberText.setting($0.learningRate) } ?? "–"
        let end =
            range.end == .diverged
            ? "there the loss diverged" : range.isStillFalling ? "the loss was still falling" : "the whole range"
        let none = "the loss never fell"
        let entries = [
            ("Steepest fall of the loss", range.steepest, "the usual choice"),
            ("A tenth of the minimum's rate", range.tenthOfMinimum, "the usual choice for caution"),
        ].map { name, value, note in tile(name, value.map(NumberText.setting) ?? "–", value == nil ? none : note) }
        let tried = tile("Tried up to", last, "\(end), \(NumberText.count(range.points.count)) steps")
        return "<dl class=\"tiles\">\n\((entries + [tried]).joined(separator: "\n"))\n</dl>"
    }

    private func tile(_ name: String, _ value: String, _ note: String) -> String {
        "<div><dt>\(name)</dt><dd><strong>\(value)</strong> <span>\(note)</span></dd></div>"
    }

    private var charts: String {
        let points = range.points.filter {
            Scale.canShow($0.learningRate) && (range.rise == .linear || $0.learningRate > 0)
        }
        guard !points.isEmpty else { return "<p class=\"note\">There is no step that could be drawn.</p>" }
        // More points than the drawing has room for would only make the file large.
        let stride = (points.count + 799) / 800
        let shown = points.indices.filter { $0 % stride == 0 || $0 == points.count - 1 }.map { points[$0] }
        let axis = axis(shown.map(\.learningRate))
        let least = shown.indices.dropFirst(range.delay / stride).min {
            shown[$0].smoothedLoss < shown[$1].smoothedLoss
        }
        let landmarks = [
            range.steepest.map { SVGChart.Landmark(name: "steepest fall", position: $0) },
            range.tenthOfMinimum.map { SVGChart.Landmark(name: "minimum / 10", position: $0) },
        ].compactMap { $0 }.filter { axis.scale.lower...axis.scale.upper ~= $0.position }
        let figures = [
            SVGChart(
                id: "loss", title: "Loss against the learning rate", quantity: "loss", unit: "nats", axis: axis,
                series: [
                    .init(name: "mini-batch", style: .raw, values: shown.map(\.loss)),
                    .init(
                        name: "smoothed", style: .plain, values: shown.map(\.smoothedLoss),
                        best: range.minimum == nil ? nil : least),
                ], landmarks: landmarks, format: NumberText.quantity),
            SVGChart(
                id: "accuracy", title: "Accuracy against the learning rate", quantity: "accuracy", unit: "%",
                axis: axis,
                series: [
                    .init(name: "mini-batch", style: .raw, values: shown.map { 100 * $0.accuracy }),
                    .init(name: "smoothed", style: .plain, values: shown.map { 100 * $0.smoothedAccuracy }),
                ], landmarks: landmarks, namesAtFoot: true, includesZero: true,
                format: { "\(NumberText.percentage($0 / 100))\u{A0}%" }),
        ].map { $0.figure() }
        return """
            <section class="pair charts" aria-label="Charts">
            \(figures.joined(separator: "\n"))
            </section>
            <p class="note">Each mini-batch was measured before its step. Smoothed: exponential averages that lag behind by \
            \(range.delay) steps. Both suggestions are rules of thumb: where the curve is ragged, look at it.</p>
            """
    }

    private func axis(_ rates: [Double]) -> SVGChart.Axis {
        let (low, high) = (rates[0], rates[rates.count - 1])
        return SVGChart.Axis(
            name: "learning rate", positions: rates, labels: rates.map(NumberText.setting),
            scale: .rates(from: low, to: high > low ? high : 2 * low + 1e-9, isLogarithmic: range.rise == .exponential))
    }
}
