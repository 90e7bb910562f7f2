/// A page of plots with one legend, and a table under them: one HTML file that loads nothing and runs no script.
///
/// ```swift
/// let page = PlotPage(title: "Methods on Madelon", plots: plots, table: table, description: description)
/// let html = page.html()
/// ```
public struct PlotPage: Sendable {
    /// A table of text.
    public struct Table: Sendable {
        /// What the rows are.
        public let heading: String
        /// The columns' heads, the first of them that of the rows' names.
        public let columns: [String]
        /// The rows' cells; each row begins with its name.
        public let rows: [[String]]

        /// A table.
        public init(heading: String, columns: [String], rows: [[String]]) {
            self.heading = heading
            self.columns = columns
            self.rows = rows
        }
    }

    /// The plots; they show the same lines, in the same order.
    public let plots: [LinePlot]
    /// What stands under them.
    public let table: Table
    /// What they are of.
    public let description: RunDescription
    /// A remark under the plots.
    public let note: String

    /// A page.
    public init(plots: [LinePlot], table: Table, description: RunDescription, note: String) {
        self.plots = plots
        self.table = table
        self.description = description
        self.note = note
    }

    /// The page's text, to be written as UTF-8.
    public func html() -> String {
        HTMLPage.text(
            title: description.title, kicker: "comparison", style: PlotPage.style,
            body: """
                \(legend)
                <section class="pair charts" aria-label="Plots">
                \(plots.map(figure).joined(separator: "\n"))
                </section>
                <p class="note">\(Markup.escape(note))</p>
                \(rows)
                \(HTMLPage.entries(description))
                """)
    }

    private var legend: String {
        let entries = (plots.first?.series ?? []).enumerated().map { index, series in
            """
            <li><svg viewBox="0 0 28 12" width="28" height="12" aria-hidden="true">\
            <path class="line hue\(index % LinePlot.colours)\(series.isReference ? " reference" : "")" d="M0 6H28"/>\
            </svg><div>\(Markup.escape(series.name))</div></li>
            """
        }
        return "<ul class=\"legend shared\">\n\(entries.joined(separator: "\n"))\n</ul>"
    }

    private func figure(_ plot: LinePlot) -> String {
        """
        <figure>
        <figcaption>\(Markup.escape(plot.title))</figcaption>
        \(plot.svg() ?? "<p class=\"note\">There is no value that could be drawn.</p>")
        </figure>
        """
    }

    private var rows: String {
        let heads = table.columns.enumerated().map { index, name in
            "<th scope=\"col\"\(index == 0 ? " class=\"text\"" : "")>\(Markup.escape(name))</th>"
        }
        let body = table.rows.map { cells in
            let rest = cells.dropFirst().map { "<td>\(Markup.escape($0))</td>" }.joined()
            return "<tr><th scope=\"row\" class=\"text\">\(Markup.escape(cells.first ?? ""))</th>\(rest)</tr>"
        }
        return """
            <section aria-labelledby="table">
            <h2 id="table">\(Markup.escape(table.heading))</h2>
            <div class="scroll" role="region" aria-labelledby="table" tabindex="0">
            <table class="epochs">
            <thead><tr>\(heads.joined())</tr></thead>
            <tbody>
            \(body.joined(separator: "\n"))
            </tbody>
            </table>
            </div>
            </section>
            """
    }

    /// Ten hues that stay apart for most kinds of colour vision, darker ones for a light page.
    private static let style =
        hues([
            "#1d5fc2", "#bf4a06", "#2b8a3e", "#9c36b5", "#c2255c", "#0b7285", "#846300", "#5f3dc4", "#68727f",
            "#d6336c",
        ]) + """
            @media (prefers-color-scheme: dark) {
            \(hues(["#6fb0ff", "#ff9c57", "#69db7c", "#da8cf0", "#faa2c1", "#66d9e8", "#ffd43b", "#b197fc", "#adb5bd", "#ff8787"]))
            }
            .line.reference { stroke-dasharray: 5 4; stroke-linecap: butt; stroke-width: 1.5px; }
            .shared { margin: 0 2px 12px; }
            .epochs thead tr:first-child th { position: static; padding: 8px 12px; color: var(--muted); text-align: right; }
            .epochs thead tr:first-child th.text { text-align: left; }
            .epochs thead tr:first-child th::after { content: none; }

            """

    private static func hues(_ colours: [String]) -> String {
        colours.enumerated().map { ".line.hue\($0) { stroke: \($1); }" }.joined(separator: "\n") + "\n"
    }
}
