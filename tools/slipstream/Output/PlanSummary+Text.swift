import Foundation

extension PlanSummary {
    /// The plan for a person, in lines of at most `width` columns where that is given and at least 80.
    func text(width: Int?) -> String {
        let title = mode == "train" ? "a training step" : "inference"
        let images = batchSize == 1 ? "1 image" : "\(batchSize) images"
        let table = Table(nodes, width: width.map { max($0, 80) })
        var lines = ["\(file): \(title) on \(images), \(threads) threads", table.header]
        let once = nodes.count(where: \.runsOnce)
        if once > 0 { lines.append("only when parameters have changed:") }
        for (index, row) in nodes.enumerated() {
            if once > 0, index == once { lines.append("on every run:") }
            lines.append(table.line(row))
        }
        lines.append("")
        let margin = 8
        for (title, text) in sums {
            let parts = width.map { text.wrapped(max($0, 80) - margin) } ?? [text]
            for (index, part) in parts.enumerated() { lines.append((index == 0 ? title : "").padded(margin) + part) }
        }
        return lines.joined(separator: "\n")
    }

    /// What the columns come to, and what their words mean.
    private var sums: [(title: String, text: String)] {
        let backends = kernels.sorted { $0.key < $1.key }.map { "\($0.value) by \($0.key)" }
        let share = unsharedBytes > 0 ? Double(arenaBytes + retainedBytes) / Double(unsharedBytes) : 1
        func count(_ memory: String) -> Int { nodes.count { $0.memory == memory } }
        return [
            ("nodes", (backends + ["\(count("view")) views"]).joined(separator: ", ")),
            (
                "arena",
                "\(Self.mebibytes(arenaBytes)) MiB, and \(Self.mebibytes(retainedBytes)) MiB kept from run to run; results, "
                    + "weights in kernels' own orders and scratch memory side by side would take "
                    + "\(Self.mebibytes(unsharedBytes)) MiB: \(Figures.percent(share))"
            ),
            (
                "mem",
                "own: in the arena; same: an operand's, overwritten (\(count("in place")) nodes); view: an operand's; "
                    + "kept: from run to run; grad: in the gradient vector"
            ),
        ]
    }

    /// A size in MiB with one digit behind the point.
    static func mebibytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1_048_576) }
}

/// The columns of a plan. Where lines are too short for kernels' names, their backends' stand alone.
private struct Table {
    private let operatorWidth: Int
    private let kernelWidth: Int
    private let shapeWidth: Int
    private let namesBackendsOnly: Bool

    /// The columns of number, order, size and memory, with the blanks between all columns.
    private static let fixedWidth = 5 + 1 + 1 + 1 + 5 + 7 + 1 + 4

    init(_ rows: [PlanSummary.Row], width: Int?) {
        shapeWidth = max(6, rows.map { $0.shapeText.count }.max() ?? 0)
        let operators = max(8, rows.map { $0.operatorText.count }.max() ?? 0)
        let kernels = max(6, rows.map { $0.kernel?.count ?? 0 }.max() ?? 0)
        let rest = (width ?? .max) - Self.fixedWidth - shapeWidth
        namesBackendsOnly = operators + kernels > rest
        kernelWidth = namesBackendsOnly ? max(6, rows.map { $0.backend.count }.max() ?? 0) : kernels
        operatorWidth = min(operators, max(rest - kernelWidth, 8))
    }

    var header: String {
        "   # \("operator".padded(operatorWidth)) \((namesBackendsOnly ? "by" : "kernel").padded(kernelWidth)) "
            + "\("result".padded(shapeWidth)) order    MiB mem"
    }

    func line(_ row: PlanSummary.Row) -> String {
        let kernel = namesBackendsOnly ? row.backend : row.kernel ?? "-"
        return
            "\("\(row.number)".leftPadded(4)) \(row.operatorText.cut(operatorWidth).padded(operatorWidth)) "
            + "\(kernel.padded(kernelWidth)) \(row.shapeText.padded(shapeWidth)) \(row.orderText.padded(5))"
            + "\(PlanSummary.mebibytes(row.bytes).leftPadded(7)) \(row.memoryText)"
    }
}

extension PlanSummary.Row {
    fileprivate var operatorText: String { operation + (activation.map { "+\($0)" } ?? "") }
    fileprivate var backend: String { String((kernel ?? "-").prefix { $0 != "." }) }
    fileprivate var shapeText: String { shape.isEmpty ? "1" : shape.map(String.init).joined(separator: "x") }
    /// Only images have two orders.
    fileprivate var orderText: String { shape.count == 4 ? (layout == "channels-last" ? "NHWC" : "NCHW") : "" }
    fileprivate var memoryText: String {
        switch memory {
        case "in place": "same"
        case "gradient": "grad"
        default: memory
        }
    }
}

extension String {
    /// At most so many characters, the last one a mark where some are left out.
    fileprivate func cut(_ width: Int) -> String { count <= width ? self : prefix(width - 1) + "…" }
}
