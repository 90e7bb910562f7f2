extension HTMLReport {
    /// The row of figures that the report opens with.
    func tiles() -> String {
        var tiles = [
            tile("Best plain accuracy", style: .plain, best: summary.plain, otherwise: "none was measured")
        ]
        if summary.usesAccelerator {
            tiles.append(
                tile(
                    "Best extrapolated accuracy", style: .extrapolated, best: summary.extrapolated,
                    otherwise: "no proposal was accepted"))
        }
        let steps = metrics.map(\.steps).max() ?? 0
        let pace = summary.seconds / Double(max(1, metrics.count))
        tiles.append(tile("Epochs", value: NumberText.count(metrics.count), note: "\(NumberText.count(steps)) steps"))
        tiles.append(
            tile(
                "Training time", value: NumberText.duration(summary.seconds),
                note: stallNote
                    ?? (metrics.count > 1 ? "\(NumberText.duration(pace)) an epoch" : "evaluations not counted")))
        tiles.append(
            tile(
                "Images per second", value: summary.imagesPerSecond.map(NumberText.quantity) ?? "–", note: "on average")
        )
        return "<dl class=\"tiles\">\n\(tiles.joined(separator: "\n"))\n</dl>"
    }

    /// How long training waited for data, where that is worth a word: more than a hundredth of its time.
    private var stallNote: String? {
        guard summary.stallSeconds.isFinite, summary.stallSeconds > 0.01 * summary.seconds else { return nil }
        return "and \(NumberText.duration(summary.stallSeconds)) waiting for data"
    }

    private func tile(
        _ name: String, style: SVGChart.Style, best: RunSummary.Best?, otherwise: String
    ) -> String {
        guard let best else { return tile(name, value: "–", note: otherwise, style: style) }
        let share = best.evaluation.accuracy
        let note = "epoch\u{A0}\(best.epoch), error\u{A0}\(NumberText.percentage(1 - share))\u{A0}%"
        return tile(name, value: "\(NumberText.percentage(share))\u{A0}%", note: note, style: style)
    }

    private func tile(_ name: String, value: String, note: String, style: SVGChart.Style? = nil) -> String {
        """
        <div\(style.map { " class=\"\($0.rawValue)\"" } ?? "")><dt>\(name)</dt>\
        <dd><strong>\(value)</strong> <span>\(note)</span></dd></div>
        """
    }
}
