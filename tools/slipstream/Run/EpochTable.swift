import Slipstream

/// A run's epochs as a table, a line for each, as wide as the terminal allows.
struct EpochTable {
    /// A column: what stands above it, how wide it is, and an epoch's entry.
    private struct Column {
        let group: String
        let title: String
        let width: Int
        let entry: (EpochMetrics) -> String?
    }

    private let columns: [Column]

    /// A table of a run.
    ///
    /// - Parameters:
    ///   - epochs: the number of epochs.
    ///   - gradients: how many gradients an epoch computes, where that is not as in plain training: there is a column for
    ///     them then, and one for the seconds.
    ///   - isAccelerated: whether there is an extrapolated network.
    ///   - isSparse: whether the share of weights that are zero is told.
    ///   - width: the columns of the terminal; the table's last columns are left out where they do not fit. `nil`: all fit.
    init(epochs: Int, gradients: Int? = nil, isAccelerated: Bool, isSparse: Bool, width: Int?) {
        let digits = "\(epochs)".count
        var all = [
            Column(group: "", title: "epoch", width: max(5, 2 * digits + 1)) {
                "\("\($0.epoch)".leftPadded(digits))/\(epochs)"
            }
        ]
        if let gradients {
            // So many are never computed: a width is all that is asked for.
            let most = epochs.multipliedReportingOverflow(by: gradients)
            let width = most.overflow ? 9 : max(9, "\(most.partialValue)".count)
            all.append(Column(group: "", title: "gradients", width: width) { "\($0.steps)" })
        }
        all += [
            Column(group: "train", title: "loss", width: 6) { Figures.loss($0.trainingLoss) },
            Column(group: isAccelerated ? "plain" : "validation", title: "accuracy", width: 8) {
                Figures.percent($0.accuracy)
            },
            Column(group: "", title: "loss", width: 6) { Figures.loss($0.loss) },
        ]
        if isAccelerated {
            all += [
                Column(group: "extrapolated", title: "accuracy", width: 8) {
                    $0.acceleratedAccuracy.map(Figures.percent)
                },
                Column(group: "", title: "loss", width: 6) { $0.acceleratedLoss.map(Figures.loss) },
            ]
        }
        if isSparse {
            all.append(
                Column(group: "", title: "sparsity", width: 8) { Figures.percent($0.sparsity?.ofWeights ?? 0) })
        }
        if gradients != nil {
            all.append(Column(group: "", title: "seconds", width: 7) { Figures.seconds($0.seconds) })
        }
        all.append(Column(group: "", title: "images/s", width: 8) { Figures.rounded($0.imagesPerSecond) })
        var used = 0
        columns = all.prefix { column in
            used += column.width + 2
            return width.map { used - 2 < $0 } ?? true
        }.map { $0 }
    }

    /// The two lines above the epochs.
    var header: String {
        var groups = ""
        var titles = ""
        for column in columns {
            let start = titles.count + (titles.isEmpty ? 0 : 2)
            if !column.group.isEmpty { groups = groups.padded(start) + column.group }
            titles = titles.padded(start) + column.title.leftPadded(column.width)
        }
        return "\(groups)\n\(titles)"
    }

    /// An epoch's line; where there are no figures of an extrapolated network, it says why.
    func line(_ metrics: EpochMetrics) -> String {
        var cells: [String] = []
        var gap = 0
        func closeGap() {
            if gap > 0 { cells.append((metrics.proposal ?? "").leftPadded(gap)) }
            gap = 0
        }
        for column in columns {
            guard let entry = column.entry(metrics) else {
                gap += column.width + (gap > 0 ? 2 : 0)
                continue
            }
            closeGap()
            cells.append(entry.leftPadded(column.width))
        }
        closeGap()
        return cells.joined(separator: "  ")
    }
}
