/// The figures that a report opens with.
struct RunSummary {
    /// The best network of its kind: the most accurate, and of equally accurate ones that of least loss.
    struct Best {
        /// Where it stands among the metrics.
        let index: Int
        let epoch: Int
        let evaluation: Evaluation
    }

    let plain: Best?
    let extrapolated: Best?
    /// Whether an accelerator took part, even if nothing came of it.
    let usesAccelerator: Bool
    /// How often each outcome of a proposal occurred, the most frequent first.
    let proposals: [(outcome: String, count: Int)]
    /// Seconds of all training steps.
    let seconds: Double
    /// Seconds that those had to wait for batches.
    let stallSeconds: Double
    /// Training images per second of those; absent if it was not measured.
    let imagesPerSecond: Double?

    init(_ metrics: [EpochMetrics]) {
        plain = RunSummary.best(of: metrics) { ($0.loss, $0.accuracy) }
        extrapolated = RunSummary.best(of: metrics) { ($0.acceleratedLoss, $0.acceleratedAccuracy) }
        usesAccelerator = metrics.contains { $0.proposal != nil || $0.acceleratedAccuracy != nil }
        let outcomes = Dictionary(grouping: metrics.compactMap(\.proposal)) { $0 }.mapValues(\.count)
        proposals = outcomes.map { ($0.key, $0.value) }.sorted { ($1.count, $0.outcome) < ($0.count, $1.outcome) }
        let timed = metrics.filter { $0.seconds.isFinite && $0.seconds > 0 }
        seconds = timed.reduce(0) { $0 + $1.seconds }
        stallSeconds = timed.reduce(0) { $0 + max($1.stallSeconds, 0) }
        let images = timed.reduce(0) { $0 + $1.seconds * $1.imagesPerSecond }
        imagesPerSecond = seconds > 0 && images.isFinite ? images / seconds : nil
    }

    private static func best(
        of metrics: [EpochMetrics], reading measure: (EpochMetrics) -> (loss: Double?, accuracy: Double?)
    ) -> Best? {
        var best: Best?
        for (index, epoch) in metrics.enumerated() {
            let (loss, accuracy) = measure(epoch)
            guard let accuracy, accuracy.isFinite else { continue }
            let evaluation = Evaluation(
                loss: loss.flatMap { $0.isFinite ? $0 : nil } ?? .infinity, accuracy: accuracy, images: 0)
            if evaluation.isBetter(than: best?.evaluation) {
                best = Best(index: index, epoch: epoch.epoch, evaluation: evaluation)
            }
        }
        return best
    }
}
