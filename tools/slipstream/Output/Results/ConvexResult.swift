import Foundation
import Slipstream

/// What a comparison of convex methods found.
struct ConvexResult: Encodable {
    /// What a method needed to come within a tolerance.
    struct Cost: Encodable {
        let gradients: Double
        let functions: Int
        let seconds: Double
    }

    /// One method.
    struct Method: Encodable {
        let name: String
        /// What it needed, by tolerance, such as `1e-8`; absent where it did not get there.
        let reached: [String: Cost]
        let best: Double
        var samples: [ConvexTrace.Sample]?
    }

    let data: String
    let loss: Loss
    let conditionNumber: Double
    let regularization: Double
    let smoothness: Double
    let minimum: Double
    let machine: String
    let threads: Int
    private(set) var methods: [Method]

    private enum CodingKeys: String, CodingKey {
        case data, loss, regularization, smoothness, minimum, machine, threads, methods
        case conditionNumber = "condition_number"
    }

    private let traces: [ConvexTrace]
    private let options: [RunDescription.Entry]

    private static let tolerances = ["1e-2", "1e-4", "1e-6", "1e-8"]

    init(
        _ command: Convex, _ comparison: ConvexComparison, _ objective: LinearModel, _ traces: [ConvexTrace]
    ) throws {
        data = command.problem.data
        loss = objective.loss
        conditionNumber = objective.conditionNumber
        regularization = objective.regularization
        smoothness = objective.smoothness
        minimum = comparison.minimum.value
        machine = Machine.description
        threads = command.threads ?? Workers.all.count
        self.traces = traces
        methods = traces.map { trace in
            var reached: [String: Cost] = [:]
            for text in Self.tolerances {
                guard let tolerance = Double(text), let sample = trace.first(within: tolerance) else { continue }
                reached[text] = Cost(
                    gradients: sample.gradients, functions: sample.functions, seconds: sample.seconds)
            }
            return Method(name: trace.method, reached: reached, best: trace.best, samples: trace.samples)
        }
        let method = try command.method.settings()
        options = [
            .init("data", data), .init("rows", "\(objective.termCount)"), .init("features", "\(objective.dimension)"),
            .init("loss", loss.rawValue), .init("condition number", Figures.setting(conditionNumber)),
            .init("L2 regularization", Figures.setting(regularization)),
            .init("step", method.step.rawValue), .init("memory of lbfgs", "\(method.memory)"),
            .init("window of rna", "\(method.rna.window)"),
            .init("regularization of rna", Figures.setting(method.rna.regularization)),
            .init("relaxation of rna", Figures.setting(method.rna.relaxation)),
            .init("grid of rna-adaptive", RNAGrid.names.first { $0.grid == method.grid }?.name ?? ""),
            .init("seed of saga and svrg", "\(method.seed)"),
        ]
    }

    /// The same without every step.
    var withoutSamples: ConvexResult {
        var result = self
        for index in result.methods.indices { result.methods[index].samples = nil }
        return result
    }

    private static let columns =
        ["method"] + tolerances.map { "to \($0)" } + ["functions", "seconds", "best"]

    /// A row a method: gradients to each tolerance, then function evaluations and seconds to the last of them that was met.
    private var rows: [[String]] {
        methods.map { method in
            let reached = Self.tolerances.map { method.reached[$0] }
            let costs = reached.map { $0.map { Self.count($0.gradients) } ?? "–" }
            let last = reached.compactMap { $0 }.last
            let functions = last.map { "\($0.functions)" } ?? "–"
            let seconds = last.map { String(format: "%.3f", $0.seconds) } ?? "–"
            return [method.name] + costs + [functions, seconds, String(format: "%.1e", method.best)]
        }
    }

    private static func count(_ gradients: Double) -> String {
        gradients == gradients.rounded() ? Figures.rounded(gradients) : String(format: "%.1f", gradients)
    }

    /// The table for a person.
    var text: String {
        let table = [Self.columns] + rows
        let widths = Self.columns.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        let lines = table.map { row in
            row.enumerated().map { index, cell in
                index == 0 ? cell.padded(widths[0]) : cell.leftPadded(widths[index])
            }.joined(separator: "  ")
        }
        let head = String(
            format: "%@, %@ loss, condition number %.3g: gradient evaluations to a relative suboptimality", data,
            loss.rawValue, conditionNumber)
        return ([head, ""] + lines + ["", Self.note]).joined(separator: "\n")
    }

    private static let note =
        "functions, seconds: function evaluations and time in the method to the last tolerance that it met"

    /// The plots and the table as a page.
    func page() -> PlotPage {
        func series(_ x: (ConvexTrace.Sample) -> Double) -> [LinePlot.Series] {
            traces.map { trace in
                LinePlot.Series(
                    name: trace.method, points: trace.samples.map { LinePlot.Point(x: x($0), y: $0.suboptimality) },
                    isReference: !trace.method.contains("+rna"))
            }
        }
        let plots = [
            LinePlot(
                id: "gradients", title: "Suboptimality against gradient evaluations",
                horizontal: "gradient evaluations", vertical: "(f − f*) / (f₀ − f*)", series: series(\.gradients)),
            LinePlot(
                id: "seconds", title: "Suboptimality against time", horizontal: "seconds",
                vertical: "(f − f*) / (f₀ − f*)", series: series(\.seconds), isLogarithmic: true),
        ]
        return PlotPage(
            plots: plots,
            table: PlotPage.Table(
                heading: "Gradient evaluations to a relative suboptimality", columns: Self.columns, rows: rows),
            description: RunDescription(
                title:
                    "Convex methods on \(data.prefix { $0 != ":" }), condition number \(Figures.rounded(conditionNumber))",
                settings: options,
                environment: [
                    .init("machine", machine), .init("threads", "\(threads)"),
                    .init("slipstream", SlipstreamPackage.version),
                ]),
            note: "Dashed: methods without acceleration. A single row's gradient counts as one row's share of a "
                + "gradient evaluation. Measuring the suboptimality is counted nowhere. In the table, \(Self.note).")
    }
}
