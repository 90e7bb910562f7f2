import Foundation
import Slipstream

/// How a run's figures read on a terminal.
enum RunText {
    /// An epoch as one line.
    static func line(_ metrics: EpochMetrics, epochs: Int) -> String {
        let number = "\(metrics.epoch)".leftPadded("\(epochs)".count)
        var parts = [
            "epoch \(number)/\(epochs)", "training loss \(decimal(metrics.trainingLoss))",
            "validation \(decimal(metrics.loss)), \(percent(metrics.accuracy))",
        ]
        if let loss = metrics.acceleratedLoss, let accuracy = metrics.acceleratedAccuracy {
            parts.append("extrapolated \(decimal(loss)), \(percent(accuracy))")
        } else if let proposal = metrics.proposal {
            parts.append("no extrapolation: \(proposal)")
        }
        parts.append("\(Int(metrics.imagesPerSecond.rounded())) images/s")
        return parts.joined(separator: "  ")
    }

    /// What a finished run achieved, and where it is.
    static func summary(_ state: TrainingState, directory: String) -> String {
        var lines: [String] = []
        for (name, file, best) in [
            ("plain", "model.onnx", Optional(state.best)),
            ("extrapolated", "accelerated.onnx", state.bestAccelerated),
        ] {
            guard let best, let evaluation = best.evaluation else { continue }
            lines.append(
                "best \(name) network: accuracy \(percent(evaluation.accuracy)), loss \(decimal(evaluation.loss)) "
                    + "after epoch \(best.epoch): \(directory)/\(file)")
        }
        return lines.joined(separator: "\n")
    }

    private static func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }

    private static func decimal(_ value: Double) -> String { String(format: "%.4f", value) }
}

extension ProgressBar {
    /// Draws how far a run is.
    mutating func update(_ progress: TrainingEvents.Progress) {
        let done = Double(progress.batch) / Double(max(progress.batches, 1))
        let left = progress.secondsLeft.map { ProgressBar.clock($0) } ?? "–"
        update(
            "epoch \(progress.epoch)/\(progress.epochs)", done: done,
            detail: String(format: "loss %.4f  ", progress.loss)
                + "\(Int(progress.imagesPerSecond.rounded())) images/s  \(left) left")
    }
}
