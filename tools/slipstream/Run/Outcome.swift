import Slipstream

/// What a finished run achieved, and where it is.
struct Outcome {
    let state: TrainingState
    let directory: RunDirectory

    /// A line for each of the best networks, and one for the report.
    var text: String {
        let networks = [
            ("best plain network", RunDirectory.plain, Optional(state.best)),
            ("best extrapolated network", RunDirectory.accelerated, state.bestAccelerated),
        ]
        var lines: [(title: String, text: String)] = []
        for (title, file, best) in networks {
            guard let best, let found = best.evaluation else { continue }
            let figures = [
                Figures.percent(found.accuracy), "loss \(Figures.loss(found.loss))", "epoch \(best.epoch)",
                directory.file(file),
            ]
            lines.append((title, figures.joined(separator: "  ")))
        }
        lines.append(("report", directory.file(RunDirectory.report)))
        let width = lines.map(\.title.count).max() ?? 0
        return lines.map { "\($0.title.padded(width))  \($0.text)" }.joined(separator: "\n")
    }
}
