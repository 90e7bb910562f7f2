import Testing
import Training

@Suite struct ReportSummaryTests {
    private func tiles(_ page: ReportPage) -> [String: String] {
        let tiles = page.root.all("dl", class: "tiles").flatMap(\.children)
        let pairs = tiles.map { ($0.all("dt").map(\.content).joined(), $0.all("dd").map(\.content).joined()) }
        return Dictionary(uniqueKeysWithValues: pairs).mapValues { $0.replacing("\u{A0}", with: " ") }
    }

    @Test func theBestEpochsStandInTheSummaryTheChartAndTheTable() throws {
        var metrics = ReportTests.run(8)
        metrics[5].accuracy = 0.9775
        metrics[3].acceleratedAccuracy = 0.98
        let page = ReportPage(metrics)
        #expect(tiles(page)["Best plain accuracy"] == "97.75 % epoch 6, error 2.25 %")
        #expect(tiles(page)["Best extrapolated accuracy"] == "98.00 % epoch 4, error 2.00 %")

        let chart = try #require(page.chart("error"))
        let ring = try #require(chart.all("circle", class: "best").first { $0.classes.contains("plain") })
        let point = chart.points("plain")[5]
        #expect(ring.number("cx") == point.x && ring.number("cy") == point.y)

        let rows = page.root.all("table", class: "epochs").flatMap { $0.all("tbody") }.flatMap(\.children)
        #expect(rows.indices.filter { !rows[$0].all("td", class: "plain").isEmpty } == [5])
        #expect(rows.indices.filter { !rows[$0].all("td", class: "extrapolated").isEmpty } == [3])
        #expect(rows[5].all("td", class: "plain").map(\.content) == ["97.75"])
    }

    @Test func ofEquallyAccurateEpochsTheOneOfLeastLossIsBest() {
        var metrics = ReportTests.run(5, accelerated: false)
        for index in metrics.indices { metrics[index].accuracy = 0.9 }
        metrics[2].loss = 0.001
        #expect(tiles(ReportPage(metrics))["Best plain accuracy"] == "90.00 % epoch 3, error 10.00 %")
    }

    @Test func anAccuracyThatIsNotFiniteIsNeverBest() {
        var metrics = ReportTests.run(5, accelerated: false)
        for index in metrics.indices { metrics[index].accuracy = [.nan, .infinity, 0.75, 0.5, .nan][index] }
        #expect(tiles(ReportPage(metrics))["Best plain accuracy"] == "75.00 % epoch 3, error 25.00 %")
    }

    @Test func theSummaryTotalsStepsTimeAndImages() {
        let few = tiles(ReportPage(ReportTests.run(8, accelerated: false)))
        #expect(few.count == 4)
        #expect(few["Epochs"] == "8 96 steps")
        #expect(few["Training time"] == "4.00 s 0.500 s an epoch")
        #expect(few["Images per second"] == "2,874 on average")
        var slow = ReportTests.run(300, accelerated: false)
        for index in slow.indices { slow[index].seconds = 30.1 }
        #expect(tiles(ReportPage(slow))["Training time"] == "2 h 30 min 30.1 s an epoch")
    }

    @Test func waitingForDataIsMentionedWhereItMatters() {
        var metrics = ReportTests.run(8, accelerated: false)
        // 4 s of training: up to 0.04 s of waiting goes without a word.
        for index in metrics.indices { metrics[index].stallSeconds = 0.005 }
        #expect(tiles(ReportPage(metrics))["Training time"] == "4.00 s 0.500 s an epoch")
        for index in metrics.indices { metrics[index].stallSeconds = 0.05 }
        #expect(tiles(ReportPage(metrics))["Training time"] == "4.00 s and 0.400 s waiting for data")
        metrics[0].stallSeconds = .infinity
        #expect(ReportPage(metrics).failure == nil)
    }

    @Test func epochsStandInOrderWhateverTheOrderTheyCameIn() {
        let metrics = ReportTests.run(9)
        let shuffled = [4, 0, 8, 2, 6, 1, 7, 3, 5].map { metrics[$0] }
        #expect(ReportPage(shuffled).html == ReportPage(metrics).html)
    }

    @Test func manyEpochsScrollAndFewDoNot() {
        #expect(ReportPage(ReportTests.run(300)).root.all("div", class: "long").count == 1)
        #expect(ReportPage(ReportTests.run(30)).root.all("div", class: "long").isEmpty)
    }

    @Test func settingsAndEnvironmentStandInTheirOrder() {
        let description = RunDescription(
            title: "lenet on mnist", settings: [.init("--epochs", "3"), .init("--batch-size", "128")],
            environment: [.init("threads", "2")])
        let page = ReportPage(HTMLReport(description: description, metrics: []))
        let rows = page.root.all("section", class: "entries").flatMap { $0.all("tr") }
        #expect(
            rows.map { $0.children.map(\.content) } == [
                ["--epochs", "3"], ["--batch-size", "128"], ["threads", "2"],
            ])
        #expect(page.root.all("p").contains { $0.content == "No epoch has been completed." })
    }
}
