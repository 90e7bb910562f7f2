/// A run's report: one HTML file that can be read offline, in light or dark, on a screen or on paper.
///
/// The file loads nothing and runs no script; its charts are inline SVG. It is well-formed XML too.
///
/// ```swift
/// let description = RunDescription(
///     title: "small-cnn on digits", settings: [.init("--epochs", "30")], environment: [.init("threads", "2")])
/// let page = HTMLReport(description: description, metrics: metrics).html()
/// ```
public struct HTMLReport: Sendable {
    /// What the run was.
    public let description: RunDescription
    /// What its epochs brought, by ascending epoch.
    public let metrics: [EpochMetrics]

    let summary: RunSummary

    /// A report on a run.
    ///
    /// - Parameters:
    ///   - description: the run's title, settings and environment; any text may stand in them.
    ///   - metrics: what its epochs brought, in any order, possibly none yet. Losses and accuracies that are not finite
    ///     are left out of the charts, which say so; the table holds them.
    public init(description: RunDescription, metrics: [EpochMetrics]) {
        self.description = description
        self.metrics = metrics.sorted { $0.epoch < $1.epoch }
        summary = RunSummary(self.metrics)
    }

    /// The report's text, to be written as UTF-8.
    public func html() -> String {
        HTMLPage.text(
            title: description.title, kicker: "training report",
            body: """
                \(metrics.isEmpty ? "<p class=\"note\">No epoch has been completed.</p>" : results())
                \(HTMLPage.entries(description))
                """)
    }

    private func results() -> String {
        """
        \(tiles())
        \(charts())
        \(epochTable())
        \(extrapolationTable())
        \(sparsityTable())
        """
    }
}
