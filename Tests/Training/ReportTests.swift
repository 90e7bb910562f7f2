import Foundation
import Testing
import Training

@Suite struct ReportTests {
    /// A run whose losses fall by an eighth each epoch; from the second epoch on there is an extrapolation, unless it
    /// was rejected.
    static func run(_ epochs: Int, accelerated: Bool = true, rejected: Set<Int> = []) -> [EpochMetrics] {
        (0..<epochs).map { index in
            let epoch = index + 1
            let loss = max(2 * pow(0.875, Double(index)), 0.01)
            let plain = Evaluation(loss: loss, accuracy: 1 - loss / 4, images: 360)
            let better = Evaluation(loss: 0.8 * loss, accuracy: 1 - loss / 5, images: 360)
            let isOffered = accelerated && epoch > 1 && !rejected.contains(epoch)
            return EpochMetrics(
                epoch: epoch, steps: 12 * epoch,
                training: Evaluation(loss: 1.1 * loss, accuracy: 1 - loss / 3, images: 1437), plain: plain,
                accelerated: isOffered ? better : nil,
                proposal: accelerated ? (isOffered ? "accepted" : "rejected") : nil,
                learningRate: 0.1, seconds: 0.5)
        }
    }

    @Test(arguments: [0, 1, 2, 3, 13, 40, 41, 300, 3000], [true, false])
    func aReportIsWellFormedAndNamesEveryChart(epochs: Int, accelerated: Bool) throws {
        let page = ReportPage(Self.run(epochs, accelerated: accelerated))
        #expect(page.failure == nil)
        let charts = page.root.all("svg").filter { $0.attributes["role"] == "img" }
        #expect(charts.count == (epochs == 0 ? 0 : 4))
        for chart in charts {
            let names = (chart.attributes["aria-labelledby"] ?? "").split(separator: " ").map(String.init)
            let described = chart.children.prefix(2).map { $0.attributes["id"] }
            #expect(names.map(Optional.some) == described)
            #expect(chart.children[0].name == "title" && chart.children[1].name == "desc")
            #expect(chart.children.prefix(2).allSatisfy { !$0.content.isEmpty })
        }
        let identifiers = page.root.all.compactMap { $0.attributes["id"] }
        #expect(Set(identifiers).count == identifiers.count)
        #expect(page.root.all("table", class: "epochs").flatMap { $0.all("tbody") }.flatMap(\.children).count == epochs)
    }

    @Test func textOfTheUserIsShownAsItIs() throws {
        let hostile = "</title><script>alert(\"1\")</script> & <img src='x' onerror=\"y\"/> ]]> ü 😀"
        let description = RunDescription(
            title: hostile, settings: [.init(hostile, hostile)], environment: [.init("", "bell \u{7} and nul \u{0}")])
        var metrics = Self.run(3)
        metrics[1].proposal = hostile
        let page = ReportPage(HTMLReport(description: description, metrics: metrics))
        #expect(page.failure == nil)
        #expect(page.root.all("h1").map(\.content) == [hostile])
        #expect(page.root.all("title").first?.content.hasPrefix(hostile) == true)
        #expect(page.root.all("script").isEmpty && page.root.all("img").isEmpty)
        let cells = page.root.all("td").map(\.content)
        #expect(cells.filter { $0 == hostile }.count == 2)
        #expect(cells.contains("bell \u{FFFD} and nul \u{FFFD}"))
    }

    @Test func nothingIsLoadedAndNothingRuns() {
        let page = ReportPage(Self.run(30))
        for word in ["http:", "https:", "url(", "@import", "<script", "src=", "href=", "<link", "javascript:"] {
            #expect(!page.html.contains(word), "\(word)")
        }
        let attributes = page.root.all.flatMap { $0.attributes.keys }
        #expect(attributes.allSatisfy { !$0.hasPrefix("on") })
        let meta = page.root.all("meta")
        #expect(meta.contains { $0.attributes["charset"] == "utf-8" })
        #expect(meta.contains { $0.attributes["name"] == "viewport" })
        #expect(meta.contains { $0.attributes["content"]?.hasPrefix("default-src 'none'") == true })
    }

    @Test func aRunWithoutAcceleratorHasNoTraceOfOne() {
        let page = ReportPage(Self.run(12, accelerated: false))
        #expect(page.root.all.allSatisfy { !$0.classes.contains("extrapolated") })
        #expect(page.root.all("th").allSatisfy { $0.content != "Proposal" })
        #expect(page.chart("loss")?.all("path", class: "line").count == 2)
        let with = ReportPage(Self.run(12))
        #expect(with.chart("loss")?.all("path", class: "line").count == 3)
        #expect(with.root.all("th").contains { $0.content == "Proposal" })
    }

    @Test func anAcceleratorOfWhichNothingWasAcceptedIsShownWithoutALine() {
        let page = ReportPage(Self.run(4, rejected: [2, 3, 4]))
        #expect(page.chart("error")?.points("extrapolated").isEmpty == true)
        #expect(page.root.all("th").contains { $0.content == "Proposal" })
        #expect(page.root.all("div", class: "extrapolated").first?.content.contains("no proposal") == true)
    }

    @Test func rejectedProposalsLeaveGapsAndLonePointsKeepAMarker() throws {
        // Extrapolations exist at epochs 2, 4 to 9 and 11.
        let page = ReportPage(Self.run(12, rejected: [3, 10, 12]))
        let chart = try #require(page.chart("loss"))
        let points = chart.points("extrapolated")
        #expect(points.map(\.isConnected) == [false, false, true, true, true, true, true, false])
        #expect(chart.points("plain").map(\.isConnected) == [false] + Array(repeating: true, count: 11))

        let many = try #require(ReportPage(Self.run(300, rejected: Set(150...300).subtracting([222]))).chart("loss"))
        let lone = try #require(many.points("extrapolated").last)
        let marks = try #require(many.all("path", class: "marks").first { $0.classes.contains("extrapolated") })
        let place = "M\(text(lone.x)) \(text(lone.y - 4.2))l"
        #expect(marks.attributes["d"]?.contains(place) == true)
    }

    @Test func everySeriesOfASingleEpochIsVisible() throws {
        var metrics = Self.run(2)
        metrics.removeFirst()
        let page = ReportPage(metrics)
        for id in ["loss", "error"] {
            let chart = try #require(page.chart(id))
            #expect(chart.all("path", class: "marks").count == 3)
            #expect(chart.all("text", class: "tick-x").map(\.content) == ["2"])
            #expect(chart.verticalTicks.count >= 2)
        }
    }

    private func text(_ value: Double) -> String {
        let rounded = (10 * value).rounded() / 10
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
}
