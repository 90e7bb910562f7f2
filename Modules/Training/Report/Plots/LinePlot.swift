/// Lines over a quantity of any kind, on a logarithmic vertical axis: how far methods have come, against what it cost.
///
/// Like the report's charts it is an SVG without script that takes colours from the page's style sheet, here one for each
/// line. Values that a logarithmic axis cannot show end a line or leave a gap in it.
public struct LinePlot: Sendable {
    /// One line.
    public struct Series: Sendable {
        /// What it is called.
        public let name: String
        /// Its points, in the order in which they are joined.
        public let points: [Point]
        /// Whether it is drawn dashed, as something to compare with.
        public let isReference: Bool

        /// A line.
        public init(name: String, points: [Point], isReference: Bool = false) {
            self.name = name
            self.points = points
            self.isReference = isReference
        }
    }

    /// One point.
    public struct Point: Sendable, Hashable {
        /// What is plotted to the right.
        public let x: Double
        /// What is plotted upwards.
        public let y: Double

        /// A point.
        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }

        var isDrawable: Bool { Scale.canShow(x) && Scale.canShow(y) && y > 0 }
    }

    /// An identifier unique to the page: a letter, then letters and digits.
    public let id: String
    /// What the plot shows, in words.
    public let title: String
    /// The quantity on the horizontal axis.
    public let horizontal: String
    /// The quantity on the vertical axis.
    public let vertical: String
    /// What is drawn, from the bottom up.
    public let series: [Series]
    /// Whether the horizontal axis is logarithmic, too; points at 0 are then left out.
    public let isLogarithmic: Bool

    /// How many lines have a colour of their own; further ones begin again.
    static let colours = 10
    private static let size = (width: 540.0, height: 380.0)
    private static let frame = (left: 58.0, right: 528.0, top: 34.0, bottom: 334.0)

    /// A plot.
    public init(
        id: String, title: String, horizontal: String, vertical: String, series: [Series], isLogarithmic: Bool = false
    ) {
        self.id = id
        self.title = title
        self.horizontal = horizontal
        self.vertical = vertical
        self.series = series
        self.isLogarithmic = isLogarithmic
    }

    private func drawable(_ series: Series) -> [Point] {
        series.points.filter { $0.isDrawable && (!isLogarithmic || $0.x > 0) }
    }

    /// The drawing; nil if there is not a single point to draw.
    public func svg() -> String? {
        let lines = series.map(drawable)
        let all = lines.flatMap { $0 }
        guard let least = all.map(\.y).min(), let greatest = all.map(\.y).max(), let last = all.map(\.x).max(),
            let first = all.map(\.x).min()
        else { return nil }
        let up = Scale.logarithmic(
            from: least, to: max(greatest, 10 * least), zeroAtFoot: false, tickCount: 8)
        let across =
            isLogarithmic
            ? Scale.logarithmic(from: first, to: max(last, 10 * first), zeroAtFoot: false, tickCount: 7)
            : Scale.linear(from: 0, to: last > 0 ? last : 1, tickCount: 8)
        let paths = lines.enumerated().map { path($1, of: $0, across, up) }
        let size = "\(Markup.length(LinePlot.size.width)) \(Markup.length(LinePlot.size.height))"
        return """
            <svg viewBox="0 0 \(size)" role="img" aria-labelledby="\(id)-title \(id)-desc">
            <title id="\(id)-title">\(Markup.escape(title))</title>
            <desc id="\(id)-desc">\(Markup.escape(summary(lines)))</desc>
            \(axes(across, up))
            \(paths.filter { !$0.isEmpty }.joined(separator: "\n"))
            </svg>
            """
    }

    /// The plot in words, for those who cannot see it.
    private func summary(_ lines: [[Point]]) -> String {
        let ends = zip(series, lines).compactMap { series, points in
            points.last.map {
                "\(series.name) ends at \(NumberText.quantity($0.y)) after \(NumberText.quantity($0.x)) \(horizontal)"
            }
        }
        return "\(vertical) against \(horizontal). \(ends.joined(separator: "; "))."
    }

    private func x(_ value: Double, _ scale: Scale) -> Double {
        LinePlot.frame.left + (LinePlot.frame.right - LinePlot.frame.left) * scale.fraction(of: value)
    }

    private func y(_ value: Double, _ scale: Scale) -> Double {
        LinePlot.frame.bottom - (LinePlot.frame.bottom - LinePlot.frame.top) * scale.fraction(of: value)
    }

    private func path(_ points: [Point], of index: Int, _ across: Scale, _ up: Scale) -> String {
        var data = ""
        var last: (x: Double, y: Double)?
        for (number, point) in points.enumerated() {
            let place = (x: x(point.x, across), y: y(point.y, up))
            // Points closer than the line is wide would only make the file large.
            if let last, number + 1 < points.count, abs(place.x - last.x) < 0.7, abs(place.y - last.y) < 0.7 {
                continue
            }
            data += "\(last == nil ? "M" : "L")\(Markup.length(place.x)) \(Markup.length(place.y))"
            last = place
        }
        guard !data.isEmpty else { return "" }
        let kind = series[index].isReference ? " reference" : ""
        return """
            <path class="line hue\(index % LinePlot.colours)\(kind)" d="\(data)"><title>\
            \(Markup.escape(series[index].name))</title></path>
            """
    }

    private func axes(_ across: Scale, _ up: Scale) -> String {
        let frame = LinePlot.frame
        let levels = { (values: [Double]) in
            values.map { "M\(Markup.length(frame.left)) \(Markup.length(y($0, up)))H\(Markup.length(frame.right))" }
                .joined()
        }
        let marks = across.ticks.map { "M\(Markup.length(x($0.value, across))) \(Markup.length(frame.bottom))v5" }
        var elements = [
            "<path class=\"grid\" d=\"\(levels(up.ticks.map(\.value)))\"/>",
            "<path class=\"axis\" d=\"M\(Markup.length(frame.left)) \(Markup.length(frame.bottom))"
                + "H\(Markup.length(frame.right))\(marks.joined())\"/>",
        ]
        elements += up.ticks.map { label($0.label, frame.left - 8, y($0.value, up), "tick-y", shift: ".32em") }
        elements += across.ticks.map { label($0.label, x($0.value, across), frame.bottom + 9, "tick-x", shift: ".8em") }
        elements.append(label("\(vertical) (log scale)", 2, 16, "label"))
        let unit = isLogarithmic ? "\(horizontal) (log scale)" : horizontal
        elements.append(label(unit, frame.right, LinePlot.size.height - 6, "label end"))
        return elements.joined(separator: "\n")
    }

    private func label(_ text: String, _ x: Double, _ y: Double, _ name: String, shift: String = "0") -> String {
        """
        <text class="\(name)" x="\(Markup.length(x))" y="\(Markup.length(y))" dy="\(shift)">\
        \(Markup.escape(text))</text>
        """
    }
}
