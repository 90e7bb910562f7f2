import Buffers
import Datasets
import Foundation
import Graphs
import Optimizers
import Testing
import Training

/// Minibatch persistency: each batch serves K steps.
@Suite struct PersistencyTests {
    private func settings(_ persistency: Int, _ rule: Rule = Rule.all[1], _ way: Way = Way.all[0]) -> TrainingSettings {
        var settings = shortSettings(rule, way)
        settings.persistency = persistency
        return settings
    }

    /// The definition, written out: batches of the loader's, K gradient steps on each.
    @Test(arguments: [1, 2, 5], Rule.all)
    func everyBatchServesSoManySteps(_ persistency: Int, _ rule: Rule) throws {
        let network = try Networks.convolutional()
        let data = try digits(first: 90)
        let trainer = try shortTrainer(settings(persistency, rule), network: network, training: data)
        try trainer.run()

        let classifier = try Classifier(
            network.graph, imageShape: [1, 8, 8], compiler: Compiler(backends: allBackends, workers: Workers(2)))
        let theta = try network.parameters.copy()
        let gradient = try AlignedBuffer<Float>(count: theta.layout.trainableCount)
        let state = try rule.optimizer.makeState(for: theta.layout, as: Float.self)
        let loader = try BatchLoader(data, batchSize: 16, shuffleSeed: 5)
        var (loss, step) = (0.0, 0)
        for epoch in 0..<3 {
            loss = 0
            try loader.start(epoch: epoch)
            while let batch = loader.next() {
                let program = try classifier.trainingProgram(batch: batch.count)
                for repetition in 0..<persistency {
                    rule.optimizer.displace(theta.trainable, state: state, workers: Workers(2))
                    let images = try #require(batch.images.baseAddress)
                    let labels = try #require(batch.labels.baseAddress)
                    program.run(
                        parameters: theta.values.pointer, gradients: gradient.pointer,
                        inputs: [UnsafeRawPointer(images), UnsafeRawPointer(labels)],
                        invocation: Invocation(seed: 5, step: UInt64(step)))
                    let found = Double(program.output(1)[0])
                    if repetition == 0 { loss += found * Double(batch.count) }
                    let context = StepContext(
                        parameters: theta.trainable, gradient: gradient.elements, loss: found,
                        learningRate: rule.learningRate, stepsPerEpoch: 6 * persistency)
                    try rule.optimizer.step(context, state: state, workers: Workers(2))
                    step += 1
                }
            }
        }
        #expect(trainer.state.parameters.values.bits == theta.values.bits)
        #expect(trainer.state.step == step && step == 18 * persistency)
        #expect(trainer.state.history.last?.trainingLoss == loss / 90)
        #expect(trainer.state.history.map(\.steps) == [6, 12, 18].map { $0 * persistency })
    }

    @Test(arguments: [2, 3], [Way.all[0], Way.all[2]])
    func stoppedBetweenTheStepsOfABatchARunEndsWithTheSameBits(_ persistency: Int, _ way: Way) throws {
        var settings = settings(persistency, Rule.all[1], way)
        settings.augmentations = try Augmentations("flip,translate:1")
        let whole = try shortTrainer(settings)
        try whole.run()
        #expect(whole.state.step == 18 * persistency)
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint.safetensors")
        // Asked before each step and before each of the three evaluations.
        for asked in 0..<18 * persistency + 3 {
            let stopped = try shortTrainer(settings, checkpoint: path)
            #expect(try stopped.run(.stopping(after: asked)) == .stopped)
            #expect(stopped.state.step == asked - asked / (6 * persistency + 1))
            let resumed = try shortTrainer(settings)
            try resumed.resume(from: path)
            #expect(resumed.state.repetition == stopped.state.repetition)
            try resumed.run()
            #expect(Snapshot(resumed.state) == Snapshot(whole.state), "stopped when asked for the \(asked)th time")
        }
    }

    /// What a rule tells is averaged over every step, not over the batches, and a checkpoint in a batch holds the sums.
    @Test func whatARuleTellsCountsAtEveryStepOfABatch() throws {
        let settings = settings(
            3, Rule(name: "polyak", optimizer: try OptimizerTable.make("adaptive-nesterov"), learningRate: 0))
        let whole = try shortTrainer(settings)
        var lengths: [Double] = []
        var events = TrainingEvents()
        events.stepped = { _ in lengths.append(whole.state.reported["step-size"] ?? .nan) }
        try whole.run(events)
        #expect(lengths.count == 54)
        for (index, metrics) in whole.state.history.enumerated() {
            let mean = lengths[18 * index..<18 * (index + 1)].reduce(0, +) / 18
            #expect(abs(try #require(metrics.reported?["step-size"]) - mean) <= 1e-12 * mean)
        }
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        for asked in [4, 18, 26] {
            try shortTrainer(settings, checkpoint: path).run(.stopping(after: asked))
            let resumed = try shortTrainer(settings)
            try resumed.resume(from: path)
            try resumed.run()
            #expect(Snapshot(resumed.state) == Snapshot(whole.state), "stopped when asked for the \(asked)th time")
        }
    }

    /// A stage begins with its epoch's first step, or in the middle of a batch where its epoch is a fraction.
    @Test(arguments: [(1.0, 18), (0.5, 9), (1.0 / 18, 1)])
    func stagesMeasureTimeInEpochsWhateverThePersistency(_ epoch: Double, _ first: Int) throws {
        var settings = settings(3, Rule(name: "rda", optimizer: try RDA(gamma: 2, lambda: 1e-3), learningRate: 0))
        settings.stages = [try OptimizerStage("\(epoch):gamma=4", after: settings.optimizer)]
        let trainer = try shortTrainer(settings)
        var lengths: [Double] = []
        var events = TrainingEvents()
        events.stepped = { _ in lengths.append(trainer.state.reported["step-size"] ?? .nan) }
        try trainer.run(events)
        settings.stages = []
        let plain = try shortTrainer(settings)
        var unchanged: [Double] = []
        events.stepped = { _ in unchanged.append(plain.state.reported["step-size"] ?? .nan) }
        try plain.run(events)
        for (step, (found, usual)) in zip(lengths, unchanged).enumerated() {
            #expect(abs(found - (step < first ? usual : usual / 2)) <= 1e-12 * usual, "step \(step + 1)")
        }
    }

    @Test func theSameTrainerGoesOnInTheMiddleOfABatch() throws {
        let whole = try shortTrainer(settings(3))
        try whole.run()
        let trainer = try shortTrainer(settings(3))
        while try trainer.run(.stopping(after: 4)) == .stopped {}
        #expect(Snapshot(trainer.state) == Snapshot(whole.state))
    }

    @Test func schedulesMeasureTimeInEpochsWhateverThePersistency() throws {
        for persistency in [1, 2, 5] {
            var settings = settings(persistency)
            settings.schedule = try ScheduleTable.parse("linear:0.001:3")
            let trainer = try shortTrainer(settings)
            try trainer.run()
            let steps = Double(6 * persistency)
            for (index, metrics) in trainer.state.history.enumerated() {
                let epoch = Double(index) + (steps - 1) / steps
                let expected = settings.learningRate + (0.001 - settings.learningRate) * epoch / 3
                #expect(abs(metrics.learningRate - expected) < 1e-12)
            }
        }
    }

    @Test func progressCountsStepsAndSpeedCountsEveryUseOfAnImage() throws {
        let trainer = try shortTrainer(settings(4))
        var seen: [Int] = []
        var events = TrainingEvents()
        events.stepped = { progress in
            seen.append(progress.step)
            #expect(progress.steps == 24 && progress.imagesPerSecond > 0)
        }
        try trainer.run(events)
        #expect(seen == (0..<3).flatMap { _ in Array(1...24) })
        #expect(trainer.stepsPerEpoch == 24)
        #expect(trainer.state.history.allSatisfy { abs($0.imagesPerSecond * $0.seconds - 360) < 1e-6 })
    }

    @Test func anotherPersistencyIsAnotherRun() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        try shortTrainer(settings(2), checkpoint: path).run(.stopping(after: 3))
        let other = try shortTrainer(settings(1))
        #expect(
            failure { try other.resume(from: path) }
                == TrainingError.differentRun(differences: ["persistency was 2, now it is 1"]))
    }

    @Test func positionsThatCannotBeAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        try shortTrainer(settings(3), checkpoint: path).run(.stopping(after: 4))
        let saved = try CheckpointForgery(path)
        #expect(saved.state["batch"] as? Int == 1 && saved.state["repetition"] as? Int == 1)
        for (name, value) in [("repetition", 3), ("repetition", -1), ("repetition", 2), ("step", 5), ("batch", 6)] {
            var forgery = saved
            forgery.state[name] = value
            try forgery.write(to: folder.file("forged"))
            let trainer = try shortTrainer(settings(3))
            #expect(
                failure { try trainer.resume(from: folder.file("forged")) }
                    == TrainingError.badCheckpoint(
                        path: folder.file("forged"), reason: "its position is impossible"), "\(name) \(value)")
        }
    }

    @Test(arguments: [0, -1, 1_000_001, Int.max])
    func impossiblePersistenciesAreRefused(_ persistency: Int) {
        #expect(
            failure { try shortTrainer(settings(persistency)) }
                == TrainingError.badSetting(
                    name: "persistency", value: "\(persistency)", allowed: "from 1 to 1000000"))
    }
}
