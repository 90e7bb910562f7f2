extension HTMLReport {
    /// Loss and error by epoch, and below them the learning rate and the speed.
    func charts() -> String {
        let optional = [sparsityChart].compactMap { $0 } + reportedCharts
        let charts = [lossChart, errorChart, learningRateChart, speedChart] + optional
        let figures = charts.map { $0.figure() }
        return """
            <section class="pair charts" aria-label="Charts">
            \(figures.joined(separator: "\n"))
            </section>
            \(legendNote)
            """
    }

    private var epochs: [Int] { metrics.map(\.epoch) }

    private var lossChart: SVGChart {
        let plain = metrics.map { Optional($0.loss) }
        let extrapolated = metrics.map(\.acceleratedLoss)
        return SVGChart(
            id: "loss", title: "Loss by epoch", quantity: "loss", unit: "nats", axis: .epochs(epochs),
            series: [
                .init(name: "training", style: .training, values: metrics.map(\.trainingLoss)),
                .init(name: "plain", data: "validation", style: .plain, values: plain, best: HTMLReport.least(plain)),
                .init(
                    name: "extrapolated", data: "validation", style: .extrapolated, values: extrapolated,
                    best: HTMLReport.least(extrapolated)),
            ],
            format: NumberText.quantity)
    }

    private var errorChart: SVGChart {
        SVGChart(
            id: "error", title: "Error by epoch", quantity: "error", unit: "%", axis: .epochs(epochs),
            series: [
                .init(
                    name: "training", style: .training, values: metrics.map { HTMLReport.error($0.trainingAccuracy) }),
                .init(
                    name: "plain", data: "validation", style: .plain,
                    values: metrics.map { HTMLReport.error($0.accuracy) },
                    best: summary.plain?.index),
                .init(
                    name: "extrapolated", data: "validation", style: .extrapolated,
                    values: metrics.map { $0.acceleratedAccuracy.map(HTMLReport.error) },
                    best: summary.extrapolated?.index),
            ],
            format: { "\(NumberText.percentage($0 / 100))\u{A0}%" })
    }

    private var learningRateChart: SVGChart {
        SVGChart(
            id: "rate", title: "Learning rate by epoch", quantity: "learning rate", axis: .epochs(epochs),
            series: [.init(name: "learning rate", style: .single, values: metrics.map(\.learningRate))],
            isSmall: true, format: NumberText.setting)
    }

    private var speedChart: SVGChart {
        SVGChart(
            id: "speed", title: "Training speed by epoch", quantity: "speed", unit: "images per second",
            axis: .epochs(epochs),
            series: [.init(name: "speed", style: .single, values: metrics.map(\.imagesPerSecond))],
            isSmall: true, includesZero: true, format: { "\(NumberText.quantity($0)) images/s" })
    }

    /// The share of weights that are zero, where any is.
    private var sparsityChart: SVGChart? {
        guard metrics.contains(where: { $0.sparsity != nil }) else { return nil }
        return SVGChart(
            id: "sparsity", title: "Sparsity by epoch", quantity: "zero weights", unit: "%", axis: .epochs(epochs),
            series: [
                .init(
                    name: "zero weights", style: .single, values: metrics.map { 100 * ($0.sparsity?.ofWeights ?? 0) })
            ],
            isSmall: true, includesZero: true, format: { "\(NumberText.percentage($0 / 100))\u{A0}%" })
    }

    /// A chart for every number that the rule told.
    private var reportedCharts: [SVGChart] {
        let names = Set(metrics.flatMap { $0.reported?.keys.map { $0 } ?? [] }).sorted()
        return names.map { name in
            SVGChart(
                id: "reported-\(name)", title: "Mean \(name) by epoch", quantity: name, axis: .epochs(epochs),
                series: [.init(name: name, style: .single, values: metrics.map { $0.reported?[name] })], isSmall: true,
                format: NumberText.setting)
        }
    }

    /// The share of wrong answers in per cent, freed of the rounding that `1 - accuracy` brings with it.
    private static func error(_ accuracy: Double) -> Double {
        let error = 100 * (1 - accuracy)
        return error.magnitude < 1e-9 ? 0 : error
    }

    private static func least(_ values: [Double?]) -> Int? {
        let finite = values.indices.filter { values[$0]?.isFinite == true }
        return finite.min { (values[$0] ?? 0) < (values[$1] ?? 0) }
    }

    private var legendNote: String {
        let training = "Training values are means over the epoch, each mini-batch measured before its step."
        guard summary.usesAccelerator else {
            return "<p class=\"note\">\(training) Plain: the network as the optimizer left it.</p>"
        }
        return """
            <p class="note">\(training) Plain: the network as the optimizer left it; extrapolated: the combination of \
            its recent states that the accelerator proposed.</p>
            """
    }
}
