extension SVGChart {
    /// The geometry of a chart and the elements drawn in it.
    struct Plot {
        private let chart: SVGChart
        private let left: Double
        private let right = SVGChart.width - 12
        private let top = 34.0
        private let bottom: Double
        /// Room between the frame and the first and last epochs, for their markers.
        private let inset = 10.0

        init(_ chart: SVGChart) {
            self.chart = chart
            let longest = chart.vertical.ticks.map(\.label.count).max() ?? 0
            left = max(54, 10 + 8.5 * Double(longest))
            bottom = chart.height - 46
        }

        private func x(_ position: Double) -> Double {
            left + inset + (right - left - 2 * inset) * chart.axis.scale.fraction(of: position)
        }

        private func y(_ value: Double) -> Double {
            bottom - (bottom - top) * chart.vertical.fraction(of: value)
        }

        private func point(_ index: Int, _ value: Double) -> (x: Double, y: Double) {
            (x(chart.axis.positions[index]), y(value))
        }

        /// Grid lines, tick labels and the axes' titles.
        func axes() -> String {
            let across = { (value: Double) in
                "M\(Markup.length(left)) \(Markup.length(y(value)))H\(Markup.length(right))"
            }
            let minor = chart.vertical.minorTicks.map(across).joined()
            let major = chart.vertical.ticks.map { across($0.value) }.joined()
            let marks = chart.axis.scale.ticks.map { tick in
                "M\(Markup.length(x(tick.value))) \(Markup.length(bottom))v5"
            }
            var elements = [
                minor.isEmpty ? "" : "<path class=\"grid minor\" d=\"\(minor)\"/>",
                "<path class=\"grid\" d=\"\(major)\"/>",
                "<path class=\"axis\" d=\"M\(Markup.length(left)) \(Markup.length(bottom))H\(Markup.length(right))"
                    + "\(marks.joined())\"/>",
            ]
            elements += chart.vertical.ticks.map { tick in
                text(tick.label, x: left - 8, y: y(tick.value), class: "tick-y", shift: ".32em")
            }
            elements += chart.axis.scale.ticks.map { tick in
                text(tick.label, x: x(tick.value), y: bottom + 9, class: "tick-x", shift: ".8em")
            }
            elements.append(text(chart.verticalLabel, x: 2, y: 16, class: "label"))
            elements.append(text(chart.axis.name, x: right, y: chart.height - 5, class: "label end"))
            return elements.filter { !$0.isEmpty }.joined(separator: "\n")
        }

        /// A line at each landmark, with its name: that of the first on its left, if there is room, the others' on
        /// their right.
        func landmarks() -> String {
            let room = 160.0
            return chart.landmarks.sorted { $0.position < $1.position }.enumerated().map { order, landmark in
                let place = x(landmark.position)
                let isBefore = order == 0 && chart.landmarks.count > 1 ? place - left > room : right - place < room
                let line = 15 * Double(order)
                let label = text(
                    landmark.name, x: place + (isBefore ? -5 : 5),
                    y: chart.namesAtFoot ? bottom - 8 - line : top + 12 + line,
                    class: isBefore ? "landmark end" : "landmark")
                return "\n<path class=\"landmark\" d=\"M\(Markup.length(place)) \(Markup.length(top))"
                    + "V\(Markup.length(bottom))\"/>\n\(label)"
            }.joined()
        }

        private func text(_ text: String, x: Double, y: Double, class name: String, shift: String = "0") -> String {
            """
            <text class="\(name)" x="\(Markup.length(x))" y="\(Markup.length(y))" dy="\(shift)">\
            \(Markup.escape(text))</text>
            """
        }

        /// A series' line, broken where a value is missing, and its markers.
        func line(_ order: Int) -> String {
            let series = chart.series[order]
            let count = series.values.count
            // With many epochs, only some carry a marker; those of different series do not coincide.
            let stride = count <= 40 ? 1 : (count + 17) / 18
            var (line, marks) = ("", "")
            for index in 0..<count {
                guard let value = series.drawable(index) else { continue }
                let hasPrevious = index > 0 && series.drawable(index - 1) != nil
                let hasNext = index + 1 < count && series.drawable(index + 1) != nil
                let place = point(index, value)
                line += "\(hasPrevious ? "L" : "M")\(Markup.length(place.x)) \(Markup.length(place.y))"
                let isAlone = !hasPrevious && !hasNext
                let isMarked =
                    (index + order * stride / 3).isMultiple(of: stride) && ![.training, .raw].contains(series.style)
                if isAlone || isMarked { marks += SVGChart.marker(series.style, at: place) }
            }
            let name = series.style.rawValue
            return "<path class=\"line \(name)\" d=\"\(line)\"/>"
                + (marks.isEmpty ? "" : "<path class=\"marks \(name)\" d=\"\(marks)\"/>")
        }

        /// The ring around a series' best value.
        func bestMark(_ series: Series) -> String {
            guard let best = series.best, let value = series.drawable(best) else { return "" }
            let place = point(best, value)
            return """
                <circle class="best \(series.style.rawValue)" cx="\(Markup.length(place.x))" \
                cy="\(Markup.length(place.y))" r="7"/>
                """
        }

        /// For each place a strip that shows the values there while the pointer is over it.
        func readouts() -> String {
            // More strips than this could not be told apart, and would only make the file large.
            let stride = (chart.axis.positions.count + 399) / 400
            let strips = chart.axis.positions.indices.filter { $0.isMultiple(of: stride) }
            let width = (right - left - 2 * inset) / Double(max(1, strips.count - 1))
            let elements = strips.map { index in
                let values = chart.series.map { series in
                    let value = series.drawable(index).map(chart.format) ?? "–"
                    return chart.series.count == 1 ? value : "\(series.name) \(value)"
                }
                let readout = "\(chart.axis.name) \(chart.axis.labels[index]): \(values.joined(separator: ", "))"
                let strip = "M\(Markup.length(x(chart.axis.positions[index]))) \(Markup.length(top))V"
                return "<g><path d=\"\(strip)\(Markup.length(bottom))\"/><text x=\"2\" y=\"16\">"
                    + "\(Markup.escape(readout))</text></g>"
            }
            return "<g class=\"readouts\" stroke-width=\"\(Markup.length(min(width, 60)))\">\n"
                + elements.joined(separator: "\n") + "\n</g>"
        }
    }

    /// The outline of a style's marker around a point.
    static func marker(_ style: Style, at place: (x: Double, y: Double)) -> String {
        let (x, y) = (place.x, place.y)
        switch style {
        case .training, .raw: return "M\(Markup.length(x - 3)) \(Markup.length(y - 3))h6v6h-6z"
        case .plain, .single: return "M\(Markup.length(x - 3)) \(Markup.length(y))a3 3 0 1 0 6 0a3 3 0 1 0-6 0z"
        case .extrapolated: return "M\(Markup.length(x)) \(Markup.length(y - 4.2))l4.2 4.2-4.2 4.2-4.2-4.2z"
        }
    }
}
