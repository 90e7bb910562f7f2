/// A line chart over epochs or another quantity, drawn as an SVG that takes its colours and fonts from the page's style sheet.
///
/// Series differ by colour, by marker and by dashes. Places without a value, or with one that no axis can show, leave a
/// gap in their line. The page needs no script: the values at each place appear on hover by style rules alone.
struct SVGChart {
    /// How a series is drawn; the raw value is its class in the style sheet.
    enum Style: String {
        /// Dashed, without markers.
        case training
        /// Solid, with hollow circles.
        case plain
        /// Solid, with filled diamonds.
        case extrapolated
        /// Solid, with filled circles; for a chart of one series.
        case single
        /// Thin, without markers: measurements before they were smoothed.
        case raw
    }

    /// One line of the chart.
    struct Series {
        let name: String
        /// What the values were measured on, if the chart's other series differ in that.
        var data: String?
        let style: Style
        /// A value for each place on the horizontal axis, absent where nothing was measured.
        let values: [Double?]
        /// Which value is marked as the best.
        var best: Int?

        /// The value at an index if it can be drawn.
        func drawable(_ index: Int) -> Double? {
            values[index].flatMap { Scale.canShow($0) ? $0 : nil }
        }

        /// All values that can be drawn.
        var drawables: [Double] { values.indices.compactMap(drawable) }
    }

    /// What runs from left to right.
    struct Axis {
        /// The quantity.
        let name: String
        /// Its values, ascending.
        let positions: [Double]
        /// How they are written.
        let labels: [String]
        let scale: Scale

        /// Epochs, ascending.
        static func epochs(_ epochs: [Int]) -> Axis {
            let (first, last) = (epochs.first ?? 0, epochs.last ?? 0)
            return Axis(
                name: "epoch", positions: epochs.map(Double.init), labels: epochs.map { "\($0)" },
                scale: .epochs(from: first, to: last, tickCount: last < 1000 ? 12 : 7))
        }
    }

    /// A place on the horizontal axis that deserves a line across the drawing.
    struct Landmark {
        let name: String
        let position: Double
    }

    /// An identifier unique to the page.
    let id: String
    /// What the chart shows, in words.
    let title: String
    /// The quantity on the vertical axis.
    let quantity: String
    /// Its unit, if it has one.
    let unit: String?
    /// The horizontal axis.
    let axis: Axis
    /// Lines across the drawing.
    let landmarks: [Landmark]
    /// Whether their names stand at the foot, for curves that rise, or at the top.
    let namesAtFoot: Bool
    /// What is drawn, from the bottom up.
    let series: [Series]
    /// The vertical axis.
    let vertical: Scale
    /// The drawing's height; its width is ``width``.
    let height: Double
    /// How values are written.
    let format: (Double) -> String
    /// Which values were given but cannot be drawn, by series.
    let hidden: [(name: String, labels: [String])]

    /// The drawing's width in its own units, which are pixels where two charts fill a wide page.
    static let width = 540.0

    /// A chart; series without a single value that can be drawn are left out.
    init(
        id: String, title: String, quantity: String, unit: String? = nil, axis: Axis, series: [Series],
        landmarks: [Landmark] = [], namesAtFoot: Bool = false, isSmall: Bool = false, includesZero: Bool = false,
        format: @escaping (Double) -> String
    ) {
        self.id = id
        self.title = title
        self.quantity = quantity
        self.unit = unit
        self.axis = axis
        self.landmarks = landmarks
        self.namesAtFoot = namesAtFoot
        hidden = series.map { series in
            let indices = series.values.indices.filter { series.values[$0] != nil && series.drawable($0) == nil }
            return (series.name, indices.map { axis.labels[$0] })
        }.filter { !$0.1.isEmpty }
        self.series = series.filter { !$0.drawables.isEmpty }
        height = isSmall ? 190 : 310
        self.format = format
        vertical = .fitting(self.series.flatMap(\.drawables), tickCount: isSmall ? 3 : 5, includesZero: includesZero)
    }

    /// The vertical axis' label: the quantity with its unit and the form of the scale.
    var verticalLabel: String {
        let form: String? =
            switch vertical.form {
            case .linear: nil
            case .logarithmic(zeroAtFoot: false): "log scale"
            case .logarithmic(zeroAtFoot: true): "log scale above 0"
            }
        let remarks = [unit, form].compactMap { $0 }.joined(separator: ", ")
        return remarks.isEmpty ? quantity : "\(quantity) (\(remarks))"
    }

    /// The chart in words, for those who cannot see it.
    var summary: String {
        let (first, last) = (axis.labels.first ?? "", axis.labels.last ?? "")
        let range = first == last ? "\(axis.name) \(last)" : "\(axis.name)s \(first) to \(last)"
        let lines = series.map { series in
            let values = series.drawables
            var line = "\(series.name): first \(format(values[0])), last \(format(values[values.count - 1]))"
            if let best = series.best, let value = series.drawable(best) {
                line += ", best \(format(value)) at \(axis.name) \(axis.labels[best])"
            }
            return line
        }
        let places = landmarks.map { " \($0.name) at \(NumberText.setting($0.position))." }
        return "\(verticalLabel) over \(range). " + lines.joined(separator: "; ") + "." + places.joined()
    }

    /// The drawing, or nothing if there is not a single value to draw.
    func svg() -> String? {
        guard !series.isEmpty, !axis.positions.isEmpty else { return nil }
        let plot = Plot(self)
        let size = "\(Markup.length(SVGChart.width)) \(Markup.length(height))"
        return """
            <svg viewBox="0 0 \(size)" role="img" aria-labelledby="\(id)-title \(id)-desc">
            <title id="\(id)-title">\(Markup.escape(title))</title>
            <desc id="\(id)-desc">\(Markup.escape(summary))</desc>
            \(plot.axes())\(plot.landmarks())
            \(series.indices.map(plot.line).joined(separator: "\n"))
            \(series.map(plot.bestMark).joined())
            \(plot.readouts())
            </svg>
            """
    }
}
