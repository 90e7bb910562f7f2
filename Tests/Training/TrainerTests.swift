import Buffers
import Datasets
import Graphs
import Layers
import Optimizers
import Synchronization
import Testing
import Training

/// Notes the epochs that a schedule is asked for.
final class Asked: Sendable {
    private let epochs = Mutex<[Double]>([])
    var all: [Double] { epochs.withLock { $0 } }
    func note(_ epoch: Double) { epochs.withLock { $0.append(epoch) } }
}

/// η₀ less a hundredth of the epoch; notes what it is asked for.
struct NotedSchedule: LearningRateSchedule {
    static let name = "noted"
    static let form = "noted"
    let asked: Asked

    init(_ asked: Asked) { self.asked = asked }
    init(arguments: [Substring]) throws(ScheduleError) { asked = Asked() }

    func learningRate(base: Double, epoch: Double) -> Double {
        asked.note(epoch)
        return base - epoch / 100
    }

    var description: String { "noted" }
}

@Suite struct TrainerTests {
    /// A network of layers on all digits.
    private func learn(seed: UInt64 = 0, epochs: Int = 4, workers: Int = 2) throws -> Trainer {
        let settings = TrainingSettings(
            epochs: epochs, batchSize: 32, optimizer: try SGD(momentum: 0.9), learningRate: 0.05, seed: seed,
            workers: Workers(workers), backends: allBackends)
        let trainer = try Trainer(
            network: Networks.convolutional(), training: digits(), validation: digits(.test), settings: settings)
        #expect(try trainer.run() == .finished)
        return trainer
    }

    @Test func aSmallNetworkLearnsTheDigits() throws {
        let state = try learn(epochs: 6).state
        let best = try #require(state.best.evaluation)
        #expect(best.accuracy > 0.96 && best.images == 360)
        let losses = state.history.map(\.trainingLoss)
        #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 }, "\(losses)")
        #expect(losses[5] < losses[0] / 5)
        #expect(state.history.map(\.epoch) == Array(1...6))
        #expect(state.history.map(\.steps) == (1...6).map { 45 * $0 })
        let expected = try #require(state.history.map(\.accuracy).max())
        #expect(best.accuracy == expected)
        #expect(state.history[state.best.epoch - 1].loss == best.loss)
    }

    @Test func theSameSeedGivesTheSameBits() throws {
        let runs = try (0..<2).map { _ in Snapshot(try learn(seed: 3, epochs: 2).state) }
        #expect(runs[0] == runs[1])
        let serial = try (0..<2).map { _ in Snapshot(try learn(seed: 3, epochs: 2, workers: 1).state) }
        #expect(serial[0] == serial[1])
    }

    @Test func anotherSeedGivesOtherBits() throws {
        let runs = try [UInt64(3), 4].map { Snapshot(try learn(seed: $0, epochs: 1).state) }
        #expect(runs[0].parameters != runs[1].parameters)
    }

    @Test func theSeedReachesRandomOperators() throws {
        // With all images in one batch their order does not matter: only dropout is left to differ.
        func parameters(_ seed: UInt64, dropout: Double) throws -> [Float] {
            var settings = shortSettings(epochs: 1, seed: seed)
            settings.batchSize = 1
            let trainer = try shortTrainer(
                settings, network: Networks.normalized(dropout: dropout), training: digits(first: 1))
            try trainer.run()
            return Array(trainer.state.parameters.values.elements)
        }
        #expect(try parameters(1, dropout: 0.5) != parameters(2, dropout: 0.5))
        #expect(try parameters(1, dropout: 0) == parameters(2, dropout: 0))
    }

    @Test func everyStepDrawsAnew() throws {
        // One image and no learning: an epoch is a step, and only dropout makes its loss differ.
        func losses(dropout: Double) throws -> Set<Double> {
            var settings = shortSettings(epochs: 4)
            settings.learningRate = 0
            let trainer = try shortTrainer(
                settings, network: Networks.normalized(dropout: dropout), training: digits(first: 1))
            try trainer.run()
            return Set(trainer.state.history.map(\.trainingLoss))
        }
        #expect(try losses(dropout: 0.5).count == 4)
        #expect(try losses(dropout: 0).count == 1)
    }

    @Test func theNetworkThatWasGivenKeepsItsWeights() throws {
        let network = try Networks.normalized()
        let before = network.parameters.values.bits
        let trainer = try shortTrainer(network: network)
        try trainer.run()
        #expect(network.parameters.values.bits == before)
        #expect(trainer.state.parameters.values.bits != before)
    }

    @Test func aStepFollowsTheGradient() throws {
        let network = try Networks.linear()
        let data = try digits(first: 20)
        var settings = shortSettings(Rule.all[0], epochs: 1)
        settings.batchSize = 20
        let trainer = try Trainer(network: network, training: data, validation: data, settings: settings)
        try trainer.run()
        let reference = LinearReference(network, data)
        let theta = network.parameters.values.elements
        let moved = trainer.state.parameters.values.elements
        for index in theta.indices {
            let expected = Double(theta[index]) - 0.1 * reference.gradient[index]
            #expect(abs(Double(moved[index]) - expected) < 1e-6, "weight \(index)")
        }
        #expect(abs(trainer.state.history[0].trainingLoss - reference.loss) < 1e-6)
        #expect(trainer.state.history[0].trainingAccuracy == reference.accuracy)
    }

    @Test func withoutALearningRateTrainingMeasuresWhatValidationMeasures() throws {
        let network = try Networks.linear(seed: 9)
        let data = try digits(first: 90)
        var settings = shortSettings(epochs: 2)
        settings.learningRate = 0
        let trainer = try Trainer(network: network, training: data, validation: data, settings: settings)
        try trainer.run()
        #expect(trainer.state.parameters.values.bits == network.parameters.values.bits)
        let reference = LinearReference(network, data)
        for metrics in trainer.state.history {
            // The last batch has ten images, not sixteen: means of means would be off.
            #expect(abs(metrics.trainingLoss - reference.loss) < 1e-6)
            #expect(abs(metrics.loss - reference.loss) < 1e-6)
            #expect(metrics.trainingAccuracy == reference.accuracy && metrics.accuracy == reference.accuracy)
        }
    }

    @Test func everyStepAsksTheScheduleForItsPlaceInTheRun() throws {
        var settings = shortSettings()
        let asked = Asked()
        settings.schedule = NotedSchedule(asked)
        let trainer = try shortTrainer(settings)
        try trainer.run()
        #expect(asked.all.count == 18)
        for (step, epoch) in asked.all.enumerated() { #expect(abs(epoch - Double(step) / 6) < 1e-12) }
        let rates = trainer.state.history.map(\.learningRate)
        let expected: [Double] = [5.0, 11, 17].map { 0.05 - $0 / 600 }
        #expect(zip(rates, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func progressTellsWhereARunIs() throws {
        let trainer = try shortTrainer()
        var events = TrainingEvents()
        var seen: [(epoch: Int, batch: Int)] = []
        var ended: [Int] = []
        events.stepped = { progress in
            seen.append((progress.epoch, progress.step))
            #expect(progress.steps == 6 && progress.epochs == 3)
            #expect(progress.loss > 0 && progress.imagesPerSecond > 0)
            #expect((progress.secondsLeft ?? -1) >= 0)
        }
        events.finishedEpoch = { ended.append($0.epoch) }
        try trainer.run(events)
        #expect(seen.map(\.epoch) == (1...3).flatMap { Array(repeating: $0, count: 6) })
        #expect(seen.map(\.batch) == (1...3).flatMap { _ in Array(1...6) })
        #expect(ended == [1, 2, 3])
        let history = trainer.state.history
        #expect(history.allSatisfy { $0.seconds > 0 && abs($0.imagesPerSecond * $0.seconds - 90) < 1e-6 })
    }

    @Test func aVeryLongRunCanBeAskedFor() throws {
        let trainer = try shortTrainer(shortSettings(epochs: 1_000_000))
        var events = TrainingEvents.stopping(after: 8)
        var left = 0.0
        events.stepped = { left = $0.secondsLeft ?? 0 }
        #expect(try trainer.run(events) == .stopped)
        #expect(left > 1)
    }

    @Test func whatAnEventThrowsEndsTheRun() throws {
        struct Full: Error {}
        let folder = try TemporaryFolder()
        let trainer = try shortTrainer(checkpoint: folder.file("checkpoint"))
        var events = TrainingEvents()
        events.finishedEpoch = { if $0.epoch == 2 { throw Full() } }
        #expect(failure(Full.self) { try trainer.run(events) } != nil)
        // The epoch whose files could not be written will be done again.
        let resumed = try shortTrainer()
        try resumed.resume(from: folder.file("checkpoint"))
        #expect(resumed.state.epoch == 1)
    }

    @Test func aFinishedRunDoesNothingMore() throws {
        let trainer = try shortTrainer()
        try trainer.run()
        let before = Snapshot(trainer.state)
        #expect(try trainer.run() == .finished)
        #expect(Snapshot(trainer.state) == before)
    }

    @Test func settingsHaveTheDocumentedDefaults() throws {
        func settings(_ batchSize: Int) throws -> TrainingSettings {
            TrainingSettings(epochs: 1, batchSize: batchSize, optimizer: try SGD(), learningRate: 0.1)
        }
        for (batch, evaluation) in [(1, 2), (32, 64), (128, 256), (129, 256), (Int.max, 256)] {
            #expect(try settings(batch).evaluationBatchSize == evaluation)
        }
        let usual = try settings(8)
        #expect(usual.seed == 0 && usual.workers == .all && usual.acceleration == nil)
        #expect(usual.schedule is ConstantSchedule)
        #expect(usual.backends.backends.map(\.name) == BackendList.registered.backends.map(\.name))
        #expect(BackendList.registered.backends.last?.name == "reference")
    }
}
