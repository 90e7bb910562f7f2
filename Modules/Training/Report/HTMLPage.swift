/// The frame of a page that can be read offline, in light or dark, on a screen or on paper; well-formed XML too.
enum HTMLPage {
    /// A whole page.
    ///
    /// - Parameters:
    ///   - title: the heading; any text.
    ///   - kicker: what kind of page it is.
    ///   - style: rules that come after the reports' own.
    ///   - body: markup that follows the heading.
    static func text(title: String, kicker: String, style: String = "", body: String) -> String {
        let title = Markup.escape(title)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <title>\(title) · Slipstream</title>
            <style>
            \(HTMLReport.style)\(style.isEmpty ? "" : "\n" + style)
            </style>
            </head>
            <body>
            <main>
            <header>
            <p class="kicker">Slipstream · \(kicker)</p>
            <h1>\(title)</h1>
            </header>
            \(body)
            </main>
            </body>
            </html>

            """
    }

    /// Settings and environment, side by side where there is room.
    static func entries(_ description: RunDescription) -> String {
        """
        <div class="pair">
        \(entries(description.settings, heading: "Settings", id: "settings"))
        \(entries(description.environment, heading: "Environment", id: "environment"))
        </div>
        """
    }

    /// A table of names and values.
    private static func entries(_ entries: [RunDescription.Entry], heading: String, id: String) -> String {
        let rows = entries.map { entry in
            "<tr><th scope=\"row\">\(Markup.escape(entry.name))</th><td>\(Markup.escape(entry.value))</td></tr>"
        }
        let table =
            rows.isEmpty
            ? "<p class=\"note\">None were recorded.</p>"
            : """
            <table aria-labelledby="\(id)">
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            """
        return """
            <section class="entries" aria-labelledby="\(id)">
            <h2 id="\(id)">\(heading)</h2>
            \(table)
            </section>
            """
    }
}
