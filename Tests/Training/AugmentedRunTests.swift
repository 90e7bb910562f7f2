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
        let stopped = try shortTrainer(settings("none"), training: Slow(base: digits(first: 90)), checkpoint: path)
        try stopped.run(.stopping(after: 5))
        let before = try #require(
            try (CheckpointForgery(path).state["sums"] as? [String: Any])?["stallSeconds"] as? Double)
        let resumed = try shortTrainer(settings("none"), training: Slow(base: digits(first: 90)))
        try resumed.resume(from: path)
        try resumed.run()
        #expect(before > 0 && before < resumed.state.history[0].stallSeconds)
    }

    /// Images that take longer to make than a step takes.
    private struct Slow: Dataset {
        let base: any Dataset
        var name: String { base.name }
        var imageShape: ImageShape { base.imageShape }
        var classCount: Int { base.classCount }
        var count: Int { base.count }
        var labels: [Int32] { base.labels }
        func copyImages(at indices: UnsafeBufferPointer<Int>, to destination: UnsafeMutablePointer<Float>) {
            for _ in 0..<2000 { base.copyImages(at: indices, to: destination) }
        }
    }
}
