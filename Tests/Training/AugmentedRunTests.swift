import Buffers
import Datasets
import Foundation
import Testing
import Training

/// Training on augmented images: what it changes, and what it must not.
@Suite struct AugmentedRunTests {
    private func settings(_ text: String, threads: Int = 2) throws -> TrainingSettings {
        var settings = shortSettings(Rule.all[1], Way.all[2])
        settings.augmentations = try Augmentations(text)
        settings.workers = Workers(threads)
        return settings
    }

    @Test(arguments: ["flip,translate:2", "crop"])
    func stoppedAtAnyPointAnAugmentedRunEndsWithTheSameBits(_ text: String) throws {
        let whole = try shortTrainer(settings(text))
        try whole.run()
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint.safetensors")
        for asked in 0..<21 {
            try shortTrainer(settings(text), checkpoint: path).run(.stopping(after: asked))
            let resumed = try shortTrainer(settings(text))
            try resumed.resume(from: path)
            try resumed.run()
            #expect(Snapshot(resumed.state) == Snapshot(whole.state), "stopped when asked for the \(asked)th time")
        }
    }

    /// The mean training loss of the first epoch of a run that learns nothing.
    private func loss(_ text: String, batchSize: Int = 16, epochs: Int = 1) throws -> [EpochMetrics] {
        var settings = try settings(text)
        (settings.batchSize, settings.epochs, settings.acceleration) = (batchSize, epochs, nil)
        settings.learningRate = 0
        let trainer = try shortTrainer(settings, network: Networks.convolutional())
        try trainer.run()
        return trainer.state.history
    }

    @Test func trainingSeesOtherImagesEveryEpochAndMeasurementsNeverDo() throws {
        let plain = try loss("none", epochs: 3)
        let augmented = try loss("flip,translate:2", epochs: 3)
        #expect(Set(plain.map { Float($0.trainingLoss) }).count == 1)
        #expect(Set(augmented.map { Float($0.trainingLoss) }).count == 3)
        #expect(augmented.allSatisfy { $0.trainingLoss != plain[0].trainingLoss })
        #expect(augmented.map(\.loss) == plain.map(\.loss) && augmented.map(\.accuracy) == plain.map(\.accuracy))
    }

    @Test func whatAnImageBecomesDoesNotDependOnItsBatch() throws {
        let small = try loss("flip,translate:2", batchSize: 5)[0]
        let large = try loss("flip,translate:2", batchSize: 64)[0]
        #expect(abs(small.trainingLoss - large.trainingLoss) < 1e-5)
        #expect(small.trainingAccuracy == large.trainingAccuracy)
    }

    @Test func anotherAugmentationIsAnotherRun() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        try shortTrainer(settings("flip,translate:2"), checkpoint: path).run(.stopping(after: 9))
        for text in ["none", "flip", "translate:2,flip", "flip,translate:1"] {
            let other = try shortTrainer(settings(text))
            #expect(
                failure { try other.resume(from: path) }
                    == TrainingError.differentRun(differences: [
                        "augmentation was flip,translate:2, now it is \(text)"
                    ]))
        }
    }

    @Test func imagesThatAreTooSmallAreRefusedBeforeTheRun() throws {
        #expect(throws: AugmentationError.self) { try shortTrainer(settings("translate:8")) }
    }

    @Test func secondsOfWaitingAddUpOverAStop() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        try shortTrainer(settings("none"), checkpoint: path).run(.stopping(after: 5))
        // As if the first five steps had waited for long.
        var checkpoint = try CheckpointForgery(path)
        var sums = try #require(checkpoint.state["sums"] as? [String: Any])
        let before = try #require(sums["stallSeconds"] as? Double)
        #expect((0..<100).contains(before))
        sums["stallSeconds"] = 1000.0
        checkpoint.state["sums"] = sums
        try checkpoint.write(to: path)
        let resumed = try shortTrainer(settings("none"))
        try resumed.resume(from: path)
        try resumed.run()
        #expect((1000..<1100).contains(resumed.state.history[0].stallSeconds))
        #expect((0..<100).contains(resumed.state.history[1].stallSeconds))
    }
}
