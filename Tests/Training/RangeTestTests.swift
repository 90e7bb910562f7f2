import Buffers
import Datasets
import Foundation
import Layers
import Optimizers
import Testing
import Training

@Suite struct RangeTestTests {
    private func settings(
        _ lowest: Double = 1e-4, _ highest: Double = 1, rise: RangeTestSettings.Rise = .exponential, epochs: Int = 3,
        rule: Rule = Rule.all[1]
    ) -> RangeTestSettings {
        RangeTestSettings(
            lowest: lowest, highest: highest, rise: rise, epochs: epochs, batchSize: 16, optimizer: rule.optimizer,
            seed: 5, workers: Workers(2), backends: allBackends)
    }

    private func range(
        _ settings: RangeTestSettings, network: Network? = nil, training: (any Dataset)? = nil
    ) throws -> LearningRateRange {
        try LearningRateRangeTest(
            network: network ?? Networks.convolutional(), training: training ?? digits(first: 90), settings: settings
        ).run()
    }

    @Test func anExponentialRiseHasEqualFactorsAndALinearOneEqualDifferences() throws {
        var tame = settings(1e-4, 0.01)
        tame.divergence = 1e9
        let factors = try range(tame).points.map(\.learningRate)
        #expect(factors.count == 18 && factors[0] == 1e-4 && factors[17] == 0.01)
        let factor = pow(100, 1 / 17.0)
        let errors: [Double] = zip(factors, factors.dropFirst()).map { $1 / $0 / factor - 1 }
        #expect(errors.allSatisfy { abs($0) < 1e-12 })
        tame.lowest = 0
        tame.rise = .linear
        let differences = try range(tame).points.map(\.learningRate)
        #expect(differences.count == 18 && differences[0] == 0 && abs(differences[17] - 0.01) < 1e-15)
        let misses: [Double] = zip(differences, differences.dropFirst()).map { $1 - $0 - 0.01 / 17 }
        #expect(misses.allSatisfy { abs($0) < 1e-15 })
    }

    /// The same steps as a run whose schedule rises so.
    @Test(arguments: Rule.all.filter { type(of: $0.optimizer).usesLearningRate })
    func everyStepIsOneOfTraining(_ rule: Rule) throws {
        let network = try Networks.convolutional()
        let before = network.parameters.values.bits
        let found = try range(settings(0, 0.02, rise: .linear, rule: rule), network: network)
        #expect(network.parameters.values.bits == before)
        var plain = shortSettings(rule)
        plain.learningRate = 0
        plain.schedule = try ScheduleTable.parse("linear:\(0.02 * 18 / 17):3")
        let trainer = try shortTrainer(plain, network: network)
        var losses: [Double] = []
        var total = 0.0
        var events = TrainingEvents()
        events.stepped = { progress in
            let images = progress.step == 6 ? 10.0 : 16.0
            let seen = Double(min(16 * progress.step, 90))
            losses.append((progress.loss * seen - (progress.step == 1 ? 0 : total)) / images)
            total = progress.loss * seen
        }
        try trainer.run(events)
        #expect(found.end == .finished && found.points.count == 18)
        for (point, loss) in zip(found.points, losses) { #expect(abs(point.loss - loss) < 1e-5 * (1 + loss)) }
    }

    @Test func averagesAreExponentialAndFreeOfTheirBias() throws {
        let found = try range(settings(1e-4, 0.01))
        #expect(found.delay == 5)
        var (loss, accuracy, weight) = (0.0, 0.0, 0.0)
        for point in found.points {
            (loss, accuracy, weight) = (
                loss * 5 / 6 + point.loss, accuracy * 5 / 6 + point.accuracy, weight * 5 / 6 + 1
            )
            #expect(abs(point.smoothedLoss - loss / weight) < 1e-12)
            #expect(abs(point.smoothedAccuracy - accuracy / weight) < 1e-12)
            #expect((0...1).contains(point.accuracy))
        }
        #expect(found.points[0].smoothedLoss == found.points[0].loss)
    }

    @Test func theTestEndsWhereTheLossDiverges() throws {
        let wild = try range(settings(1e-4, 1e4, epochs: 6))
        #expect(wild.end == .diverged && wild.points.count < 36 && wild.steps == 36)
        let limit = 4 * (wild.points.dropFirst(5).map(\.smoothedLoss).min() ?? 0)
        #expect(wild.points.dropLast().allSatisfy { $0.smoothedLoss <= limit })
        // A loss that is no number at once.
        let far = try range(settings(), network: Networks.linear(), training: uniform(64, pixel: 3e38))
        #expect(far.end == .diverged && far.points.count <= 1)
        #expect(far.steepest == nil && far.minimum == nil && far.tenthOfMinimum == nil)
    }

    /// A loss that falls as a logistic function of the rate's logarithm and rises again.
    private func made(
        count: Int = 400, delay: Int = 10, rise: RangeTestSettings.Rise = .exponential, noise: Double = 0,
        _ loss: (Double) -> Double
    ) -> LearningRateRange {
        var random = Philox(seed: 2)
        let points = (0..<count).map { index in
            let share = Double(index) / Double(max(count - 1, 1))
            let rate = rise == .linear ? 0.5 * share : pow(10, -5 + 5 * share)
            let value = loss(rate) + noise * random.normal()
            return LearningRateRange.Point(
                learningRate: rate, loss: value, accuracy: 0, smoothedLoss: value, smoothedAccuracy: 0)
        }
        return LearningRateRange(rise: rise, steps: count, delay: delay, points: points, end: .finished)
    }

    @Test(arguments: [0, 0.01]) func suggestionsAreReadOffTheCurve(_ noise: Double) throws {
        // Steepest at 1e-3, least at 0.05.
        let found = made(noise: noise) { rate in
            let x = log10(rate)
            return 2 / (1 + exp(4 * (x + 3))) + 0.3 * pow(max(0, x + 1.5), 2) + 0.05 * pow(x - log10(0.05), 2)
        }
        let steepest = try #require(found.steepest)
        #expect(abs(log10(steepest) + 3) < 0.15, "\(steepest)")
        let minimum = try #require(found.minimum)
        #expect((0.008...0.08).contains(minimum))
        #expect(found.tenthOfMinimum == minimum / 10)
    }

    @Test func ofALinearRiseTheSlopeIsByTheRateItself() throws {
        let found = made(rise: .linear) { rate in 1 / (1 + exp(60 * (rate - 0.2))) + rate * rate / 10 }
        #expect(abs(try #require(found.steepest) - 0.2) < 0.01)
    }

    @Test func aLossThatFallsToTheRangesEndIsTold() {
        #expect(made { 1 / (1 + $0) }.isStillFalling)
        #expect(!made { abs($0 - 0.01) }.isStillFalling)
        #expect(!made { $0 }.isStillFalling)
    }

    @Test func aLossThatNeverFallsSuggestsNothing() {
        let rising = made { 2 + $0 }
        #expect(rising.steepest == nil && rising.minimum == nil && rising.tenthOfMinimum == nil)
        for count in 0..<12 {
            let few = made(count: count) { 2 + $0 }
            #expect(few.steepest == nil && few.minimum == nil)
        }
    }

    @Test func theSameSettingsGiveTheSameNumbersAndJSONKeepsThem() throws {
        var some = settings()
        some.augmentations = try Augmentations("flip,translate:1")
        let found = try range(some)
        #expect(try range(some) == found)
        #expect(try JSONDecoder().decode(LearningRateRange.self, from: JSONEncoder().encode(found)) == found)
        some.augmentations = .none
        #expect(try range(some) != found)
    }

    @Test(arguments: ["sda", "rda", "adaptive-nesterov"])
    func rulesThatFindTheirOwnStepLengthAreRefused(_ name: String) throws {
        let rule = Rule(name: name, optimizer: try OptimizerTable.make(name), learningRate: 0)
        #expect(
            failure { try range(settings(rule: rule)) }
                == TrainingError.badSetting(
                    name: "the rule of a learning-rate range test", value: name,
                    allowed: "one that takes a learning rate; \(name) finds its own step length"))
    }

    @Test func impossibleSettingsAreRefused() throws {
        func refusal(_ change: (inout RangeTestSettings) -> Void) -> String? {
            var settings = settings()
            change(&settings)
            guard case .badSetting(let name, _, _) = failure(TrainingError.self, { try range(settings) }) else {
                return nil
            }
            return name
        }
        for value in [0, -1, .nan, .infinity] {
            #expect(refusal { $0.lowest = value } == "the lowest learning rate")
        }
        for value in [1e-4, 1e-5, .nan, .infinity] {
            #expect(refusal { $0.highest = value } == "the highest learning rate")
        }
        for value in [1, 0, .nan] { #expect(refusal { $0.divergence = value } == "divergence") }
        for value in [0, -1, Int.max, Int.min] { #expect(refusal { $0.epochs = value } == "epochs") }
        for value in [0, -1] { #expect(refusal { $0.batchSize = value } == "batch size") }
        #expect(refusal { ($0.rise, $0.lowest) = (.linear, -0.1) } == "the lowest learning rate")
    }

    @Test func theReportShowsBothCurvesAndBothSuggestions() throws {
        let found = made(noise: 0.02) { 2 / (1 + exp(4 * (log10($0) + 3))) + $0 }
        let description = RunDescription(title: "<net> on digits", settings: [.init("from", "1e-5")], environment: [])
        let page = ReportPage(RangeTestReport(description: description, range: found).html())
        #expect(page.failure == nil)
        #expect(page.root.all("h1").first?.content == "<net> on digits")
        for id in ["loss", "accuracy"] {
            let chart = try #require(page.chart(id))
            #expect(chart.all("path", class: "landmark").count == 2)
            #expect(
                chart.all("text", class: "landmark").map(\.content).sorted()
                    == ["minimum / 10", "steepest fall"])
            #expect(chart.all("text", class: "label").last?.content == "learning rate")
        }
        #expect(page.root.all("dt").map(\.content).contains("Steepest fall of the loss"))
    }

    @Test func ratesThatNoAxisCanShowAreLeftOut() {
        let rates = [-1, 0, 1e-3, 2e-3, .nan, .infinity, 1e301]
        let points = rates.map {
            LearningRateRange.Point(learningRate: $0, loss: 1, accuracy: 0, smoothedLoss: 1, smoothedAccuracy: 0)
        }
        for rise in [RangeTestSettings.Rise.linear, .exponential] {
            for count in 0...points.count {
                let found = LearningRateRange(
                    rise: rise, steps: 9, delay: 1, points: Array(points.prefix(count)), end: .finished)
                let description = RunDescription(title: "any", settings: [], environment: [])
                #expect(ReportPage(RangeTestReport(description: description, range: found).html()).failure == nil)
            }
        }
    }

    @Test(arguments: [0, 1, 2, 3, 2000]) func reportsOfAnyLengthAreWellFormed(_ count: Int) {
        for rise in [RangeTestSettings.Rise.linear, .exponential] {
            let found = made(count: count, rise: rise) { 1 / (1 + $0) }
            let description = RunDescription(title: "any", settings: [], environment: [])
            let html = RangeTestReport(description: description, range: found).html()
            #expect(ReportPage(html).failure == nil)
            #expect(html.utf8.count < 400_000)
        }
    }
}
