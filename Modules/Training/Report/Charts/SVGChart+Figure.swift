extension SVGChart {
    /// The drawing with its title, legend and remarks, as a part of a page.
    func figure() -> String {
        let needsLegend = series.contains { $0.style != .single }
        let entries = needsLegend ? series.map(legendEntry) : []
        let legend = entries.isEmpty ? "" : "<ul class=\"legend\">\n\(entries.joined(separator: "\n"))\n</ul>\n"
        return """
            <figure>
            <figcaption>\(Markup.escape(title))</figcaption>
            \(legend)\(svg() ?? "<p class=\"note\">There is no value that could be drawn.</p>")
            \(remarks())</figure>
            """
    }

    private func legendEntry(_ series: Series) -> String {
        let name = series.style.rawValue
        var text = Markup.escape([series.name, series.data].compactMap { $0 }.joined(separator: " "))
        if let best = series.best, let value = series.drawable(best) {
            let ring = "<circle class=\"best \(name)\" cx=\"6\" cy=\"6\" r=\"5\"/>"
            text += " <span><svg viewBox=\"0 0 12 12\" width=\"12\" height=\"12\" aria-hidden=\"true\">\(ring)</svg>"
            text += " best \(format(value)), \(axis.name) \(axis.labels[best])</span>"
        }
        let mark = SVGChart.marker(series.style, at: (14, 6))
        let marks = [.training, .raw].contains(series.style) ? "" : "<path class=\"marks \(name)\" d=\"\(mark)\"/>"
        return """
            <li><svg viewBox="0 0 28 12" width="28" height="12" aria-hidden="true">\
            <path class="line \(name)" d="M0 6H28"/>\(marks)</svg><div>\(text)</div></li>
            """
    }

    /// Which values the chart could not show.
    private func remarks() -> String {
        let left = hidden.map { hidden in
            let named = hidden.labels.prefix(5).joined(separator: ", ")
            let more = hidden.labels.count > 5 ? " and \(hidden.labels.count - 5) more" : ""
            return "\(hidden.name) at \(axis.name)\(hidden.labels.count == 1 ? "" : "s") \(named)\(more)"
        }
        guard !left.isEmpty else { return "" }
        return "<p class=\"note\">Not drawn, as not finite or beyond 10³⁰⁰: \(left.joined(separator: "; ")).</p>\n"
    }
}
