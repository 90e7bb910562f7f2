import Foundation
import Testing
import Training

@Suite struct ReportChartTests {
    /// What a height in a chart means by the chart's own tick labels.
    private func value(at y: Double, in chart: ReportPage.Element, isLogarithmic: Bool) -> Double {
        let ticks = chart.verticalTicks.filter { !isLogarithmic || $0.value > 0 }
        guard let first = ticks.first, let last = ticks.last else { return .nan }
        let (low, high) = isLogarithmic ? (log10(first.value), log10(last.value)) : (first.value, last.value)
        let value = low + (high - low) * (y - first.y) / (last.y - first.y)
        return isLogarithmic ? pow(10, value) : value
    }

    @Test func pointsLieWhereALinearAxisSaysTheirValuesAre() throws {
        var metrics = ReportTests.run(6)
        let losses = [0.91, 0.72, 0.43, 0.68, 0.55, 0.31]
        for index in metrics.indices { metrics[index].loss = losses[index] }
        for index in metrics.indices { metrics[index].trainingLoss = 1 }
        for index in metrics.indices { metrics[index].acceleratedLoss = 0.5 }
        let chart = try #require(ReportPage(metrics).chart("loss"))
        #expect(chart.all("text", class: "label").first?.content == "loss (nats)")
        let read = chart.points("plain").map { value(at: $0.y, in: chart, isLogarithmic: false) }
        #expect(zip(read, losses).allSatisfy { abs($0 - $1) < 0.002 }, "\(read)")
        let x = chart.points("plain").map(\.x)
        #expect(zip(x, x.dropFirst()).allSatisfy { abs(($1 - $0) - (x[1] - x[0])) < 0.11 })
        let ticks = chart.all("text", class: "tick-x")
        #expect(ticks.map(\.content) == ["1", "2", "3", "4", "5", "6"])
        #expect(ticks.map { $0.number("x") } == x)
    }

    @Test func pointsLieWhereALogarithmicAxisSaysTheirValuesAre() throws {
        let metrics = ReportTests.run(40)
        let chart = try #require(ReportPage(metrics).chart("loss"))
        #expect(chart.all("text", class: "label").first?.content == "loss (nats, log scale)")
        let read = chart.points("plain").map { value(at: $0.y, in: chart, isLogarithmic: true) }
        #expect(read.count == 40)
        #expect(zip(read, metrics).allSatisfy { abs($0 / $1.loss - 1) < 0.01 }, "\(read)")
    }

    @Test func zeroStandsAtTheFootOfALogarithmicAxis() throws {
        var metrics = ReportTests.run(40)
        for index in 30..<40 { metrics[index].trainingAccuracy = 1 }
        let chart = try #require(ReportPage(metrics).chart("error"))
        #expect(chart.all("text", class: "label").first?.content == "error (%, log scale above 0)")
        let zero = try #require(chart.verticalTicks.first)
        #expect(zero.value == 0)
        #expect(chart.points("training").suffix(10).allSatisfy { $0.y == zero.y })
        #expect(chart.points("training").prefix(30).allSatisfy { $0.y < zero.y })
    }

    @Test func aLinearScheduleIsDrawnStraightAndAStepScheduleByDecades() throws {
        var metrics = ReportTests.run(30)
        for index in metrics.indices { metrics[index].learningRate = 0.1 - 0.0034 * Double(index) }
        let linear = try #require(ReportPage(metrics).chart("rate"))
        #expect(linear.all("text", class: "label").first?.content == "learning rate")
        for index in metrics.indices { metrics[index].learningRate = [0.1, 0.01, 0.001][index / 10] }
        let steps = try #require(ReportPage(metrics).chart("rate"))
        #expect(steps.all("text", class: "label").first?.content == "learning rate (log scale)")
        #expect(steps.verticalTicks.map(\.value) == [0.001, 0.01, 0.1])
    }

    @Test(arguments: [0.5, 1e-12, 4.2e17, -3, 0])
    func aConstantHasAnAxisOfItsOwn(constant: Double) throws {
        var metrics = ReportTests.run(5, accelerated: false)
        for index in metrics.indices {
            metrics[index].loss = constant
            metrics[index].trainingLoss = constant
        }
        let chart = try #require(ReportPage(metrics).chart("loss"))
        let labels = chart.all("text", class: "tick-y").map(\.content)
        #expect(labels.count >= 2 && Set(labels).count == labels.count)
        let heights = chart.points("plain").map(\.y)
        #expect(heights.count == 5 && Set(heights).count == 1)
    }

    @Test func valuesThatAreNotFiniteAreLeftOutAndNamed() throws {
        var metrics = ReportTests.run(20)
        metrics[4].loss = .nan
        metrics[5].loss = .infinity
        metrics[8].acceleratedLoss = -.infinity
        metrics[10].accuracy = .nan
        metrics[12].learningRate = .infinity
        let page = ReportPage(metrics)
        #expect(page.chart("loss")?.points("plain").count == 18)
        #expect(page.chart("error")?.points("plain").count == 19)
        #expect(page.chart("rate")?.points("single").count == 19)
        let notes = page.root.all("figure").flatMap { $0.all("p", class: "note") }.map(\.content)
        #expect(notes.count == 3)
        #expect(notes[0].contains("plain at epochs 5, 6; extrapolated at epoch 9"))
        #expect(page.root.all("td").map(\.content).filter { ["NaN", "∞", "−∞"].contains($0) }.count == 5)
    }

    @Test func aRunOfNothingFiniteStillHasAReport() {
        var metrics = ReportTests.run(3, accelerated: false)
        for index in metrics.indices {
            metrics[index].loss = .nan
            metrics[index].trainingLoss = .nan
            metrics[index].accuracy = .nan
            metrics[index].trainingAccuracy = .nan
            metrics[index].imagesPerSecond = .nan
            metrics[index].seconds = .infinity
            metrics[index].learningRate = .nan
        }
        let page = ReportPage(metrics)
        #expect(page.failure == nil)
        #expect(page.root.all("figure").count == 4)
        #expect(page.chart("loss") == nil)
    }

    @Test func everythingIsDrawnInsideItsChartWhateverTheValues() throws {
        let extremes: [Double] = [
            1e308, -1e308, 1e300, -1e300, 1e-308, .leastNonzeroMagnitude, 0, -0.0, 1, -1, .greatestFiniteMagnitude, .pi,
            1e15,
            .infinity,
        ]
        let numbers = [Int.min, -1, 0, 1, 7, 1_000_000, Int.max - 1, Int.max]
        for seed in 0..<200 {
            var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
            func pick<T>(_ values: [T]) -> T {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return values[Int(state >> 33) % values.count]
            }
            let metrics = (0..<pick([1, 2, 5])).map { _ in
                let evaluation = { Evaluation(loss: pick(extremes), accuracy: pick(extremes), images: 1) }
                return EpochMetrics(
                    epoch: pick(numbers), steps: pick(numbers), training: evaluation(), plain: evaluation(),
                    accelerated: pick([evaluation(), nil]), proposal: nil, learningRate: pick(extremes),
                    seconds: pick(extremes))
            }
            let page = ReportPage(metrics)
            #expect(page.failure == nil)
            for chart in page.root.all("svg").filter({ $0.attributes["role"] == "img" }) {
                let height = Double(chart.attributes["viewBox"]?.split(separator: " ").last ?? "") ?? .nan
                for style in ["training", "plain", "extrapolated", "single"] {
                    let isInside = chart.points(style).allSatisfy {
                        (0...540).contains($0.x) && (0...height).contains($0.y)
                    }
                    #expect(isInside, "seed \(seed), \(style)")
                }
                let labels = chart.all("text", class: "tick-y")
                #expect((2...12).contains(labels.count), "seed \(seed): \(labels.map(\.content))")
            }
        }
    }
}
