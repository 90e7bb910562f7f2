import Buffers

extension HTMLReport {
    /// Which tensors of the last epoch's network are how sparse; empty where no weight is zero.
    func sparsityTable() -> String {
        guard let epoch = metrics.last(where: { $0.sparsity != nil }), let sparsity = epoch.sparsity else { return "" }
        let rows = sparsity.layers.map { layer in
            HTMLReport.row(layer.name, zeros: layer.zeros, count: layer.count)
        }
        return """
            <section aria-labelledby="sparsity-table">
            <h2 id="sparsity-table">Sparsity after epoch \(epoch.epoch)</h2>
            <div class="scroll" role="region" aria-labelledby="sparsity-table" tabindex="0">
            <table class="epochs">
            <thead>
            <tr><th scope="col">Tensor</th><th scope="col">Zeros</th><th scope="col">Elements</th>\
            <th scope="col">Sparsity, %</th></tr>
            </thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            \(HTMLReport.total("Filters and matrices", sparsity.layers.filter(\.isWeight)))
            \(HTMLReport.total("All trainable parameters", sparsity.layers))
            </tbody>
            </table>
            </div>
            </section>
            """
    }

    private static func total(_ name: String, _ layers: [Sparsity.Layer]) -> String {
        row(name, zeros: layers.reduce(0) { $0 + $1.zeros }, count: layers.reduce(0) { $0 + $1.count })
    }

    private static func row(_ name: String, zeros: Int, count: Int) -> String {
        let share = count > 0 ? Double(zeros) / Double(count) : 0
        return "<tr><th scope=\"row\">\(Markup.escape(name))</th><td>\(zeros)</td><td>\(count)</td>"
            + "<td>\(NumberText.percentage(share))</td></tr>"
    }
}
