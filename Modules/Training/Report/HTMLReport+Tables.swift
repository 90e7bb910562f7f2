extension HTMLReport {
    /// Tables of more rows than this scroll within a block of their own, except on paper.
    static let tallest = 32

    /// What every epoch brought, a row each.
    func epochTable() -> String {
        let usesAccelerator = summary.usesAccelerator
        let groups = """
            <tr><td colspan="2"></td><th colspan="2" scope="colgroup">Training</th><th colspan="2" scope="colgroup">Plain</th>\
            \(usesAccelerator ? "<th colspan=\"3\" scope=\"colgroup\">Extrapolated</th>" : "")\
            <td colspan="3"></td></tr>
            """
        let measures = ["Loss", "Accuracy, %"]
        var names: [String] = ["Epoch", "Gradients"] + measures + measures
        if usesAccelerator { names += measures + ["Proposal"] }
        names += ["Learning rate", "Time, s", "Images/s"]
        let heads = names.map { (name: String) -> String in
            let alignment = ["Proposal": " class=\"text\"", "Learning rate": " class=\"number\""][name] ?? ""
            return "<th scope=\"col\"\(alignment)>\(name)</th>"
        }
        return """
            <section aria-labelledby="epochs">
            <h2 id="epochs">Epochs</h2>
            <div class="scroll\(metrics.count > HTMLReport.tallest ? " long" : "")" role="region" aria-labelledby="epochs" tabindex="0">
            <table class="epochs">
            <thead>
            \(groups)
            <tr>\(heads.joined())</tr>
            </thead>
            <tbody>
            \(metrics.indices.map(row).joined(separator: "\n"))
            </tbody>
            </table>
            </div>
            \(tableNote)
            </section>
            """
    }

    private func row(_ index: Int) -> String {
        let epoch = metrics[index]
        var cells = "<th scope=\"row\">\(epoch.epoch)</th>" + cell(NumberText.count(epoch.steps))
        cells += cell(NumberText.loss(epoch.trainingLoss)) + cell(NumberText.percentage(epoch.trainingAccuracy))
        cells += cell(NumberText.loss(epoch.loss))
        cells += cell(NumberText.percentage(epoch.accuracy), class: summary.plain?.index == index ? "plain" : nil)
        if summary.usesAccelerator {
            let isBest = summary.extrapolated?.index == index
            cells += cell(epoch.acceleratedLoss.map(NumberText.loss) ?? "–")
            cells += cell(
                epoch.acceleratedAccuracy.map(NumberText.percentage) ?? "–", class: isBest ? "extrapolated" : nil)
            cells += cell(Markup.escape(epoch.proposal ?? "–"), class: "text")
        }
        cells +=
            cell(NumberText.setting(epoch.learningRate), class: "number")
            + cell(NumberText.fixed(epoch.seconds, decimals: secondsDecimals))
        return "<tr>\(cells)\(cell(NumberText.quantity(epoch.imagesPerSecond)))</tr>"
    }

    /// How many decimals keep three digits or more of the seconds of every epoch.
    private var secondsDecimals: Int {
        let shortest = metrics.map(\.seconds).filter { $0 > 0 }.min() ?? 1
        return shortest < 0.1 ? 4 : shortest < 10 ? 3 : shortest < 100 ? 1 : 0
    }

    private func cell(_ content: String, class name: String? = nil) -> String {
        name.map { "<td class=\"\($0)\">\(content)</td>" } ?? "<td>\(content)</td>"
    }

    private var tableNote: String {
        var sentences = ["Framed: the best accuracy; of equal ones, that of the smaller loss."]
        sentences.append("Gradients: those of mini-batches, computed since the run began, one a step.")
        if !summary.proposals.isEmpty {
            let shown = summary.proposals.prefix(4).map { "\(Markup.escape($0.outcome)) \($0.count)" }
            let more = summary.proposals.dropFirst(4).reduce(0) { $0 + $1.count }
            let counts = (shown + (more > 0 ? ["other \(more)"] : [])).joined(separator: ", ")
            sentences.append("Proposals of the accelerator: \(counts).")
        }
        return "<p class=\"note\">\(sentences.joined(separator: " "))</p>"
    }
}
