extension HTMLReport {
    /// What every proposal was combined from; empty where nothing was.
    func extrapolationTable() -> String {
        let epochs = metrics.filter { $0.coefficients != nil }
        guard !epochs.isEmpty else { return "" }
        let rows = epochs.map { epoch in
            let coefficients = (epoch.coefficients ?? []).map(NumberText.setting).joined(separator: ", ")
            return "<tr><th scope=\"row\">\(epoch.epoch)</th>"
                + "<td class=\"text\">\(Markup.escape(epoch.proposal ?? "–"))</td>"
                + "<td>\(epoch.conditionNumber.map(NumberText.quantity) ?? "–")</td>"
                + "<td class=\"text\">\(coefficients)</td></tr>"
        }
        return """
            <section aria-labelledby="extrapolations">
            <h2 id="extrapolations">Extrapolations</h2>
            <div class="scroll\(rows.count > HTMLReport.tallest ? " long" : "")" role="region" \
            aria-labelledby="extrapolations" tabindex="0">
            <table class="epochs">
            <thead>
            <tr><th scope="col">Epoch</th><th scope="col" class="text">Proposal</th>\
            <th scope="col">Condition number</th>\
            <th scope="col" class="text">Coefficients of the epochs’ ends, oldest first</th></tr>
            </thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            </div>
            </section>
            """
    }
}
