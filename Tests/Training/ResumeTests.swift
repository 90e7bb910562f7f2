import Buffers
import Datasets
import Foundation
import Optimizers
import Testing
import Training

/// A run that was stopped anywhere and resumed by another trainer ends with the bits of one that was not.
@Suite struct ResumeTests {
    @Test(arguments: Rule.all, Way.all)
    func stoppedAtAnyPointARunEndsWithTheSameBits(_ rule: Rule, _ way: Way) throws {
        let settings = shortSettings(rule, way)
        let whole = try shortTrainer(settings)
        #expect(try whole.run() == .finished)
        let expected = Snapshot(whole.state)
        #expect(expected.history.count == 3 && expected.step == 18)

        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint.safetensors")
        // A run asks before each of its 18 steps and before each of its 3 evaluations.
        for asked in 0..<21 {
            let stopped = try shortTrainer(settings, checkpoint: path)
            #expect(try stopped.run(.stopping(after: asked)) == .stopped)
            #expect(stopped.state.step == asked - asked / 7)
            let resumed = try shortTrainer(settings, checkpoint: path)
            try resumed.resume(from: path)
            #expect(Snapshot(resumed.state) == Snapshot(stopped.state))
            #expect(try resumed.run() == .finished)
            #expect(Snapshot(resumed.state) == expected, "stopped when asked for the \(asked)th time")
        }
    }

    @Test func aRunStoppedAgainAndAgainEndsWithTheSameBits() throws {
        let settings = shortSettings(Rule.all[3], Way.all[2], epochs: 5)
        let whole = try shortTrainer(settings)
        try whole.run()
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint.safetensors")
        var outcome = try shortTrainer(settings, checkpoint: path).run(.stopping(after: 2))
        var last: TrainingState?
        while outcome == .stopped {
            let trainer = try shortTrainer(settings, checkpoint: path)
            try trainer.resume(from: path)
            outcome = try trainer.run(.stopping(after: 3))
            last = trainer.state
        }
        #expect(last.map(Snapshot.init) == Snapshot(whole.state))
    }

    @Test func theSameTrainerGoesOnWhereItWasStopped() throws {
        let settings = shortSettings()
        let whole = try shortTrainer(settings)
        try whole.run()
        let trainer = try shortTrainer(settings)
        for _ in 0..<4 { #expect(try trainer.run(.stopping(after: 4)) == .stopped) }
        #expect(try trainer.run() == .finished)
        #expect(Snapshot(trainer.state) == Snapshot(whole.state))
    }

    @Test func checkpointsBetweenStepsChangeNoBitAndAreAsGoodAsOthers() throws {
        let settings = shortSettings(Rule.all[1], Way.all[3])
        let whole = try shortTrainer(settings)
        try whole.run()
        let folder = try TemporaryFolder()
        let trainer = try shortTrainer(settings, checkpoint: folder.file("now"), interval: .zero)
        var events = TrainingEvents()
        var copies: [String] = []
        events.stepped = { _ in
            // What would be there if the process were killed at this moment.
            let copy = folder.file("after-\(copies.count + 1)")
            try? FileManager.default.copyItem(atPath: folder.file("now"), toPath: copy)
            copies.append(copy)
        }
        try trainer.run(events)
        #expect(Snapshot(trainer.state) == Snapshot(whole.state))
        #expect(copies.count == 18)
        for (index, copy) in copies.enumerated() {
            let resumed = try shortTrainer(settings)
            try resumed.resume(from: copy)
            #expect(resumed.state.step == index + 1)
            try resumed.run()
            #expect(Snapshot(resumed.state) == Snapshot(whole.state), "killed after step \(index + 1)")
        }
    }

    @Test func withinTheIntervalACheckpointIsWrittenAtTheEndOfAnEpochOnly() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        let trainer = try shortTrainer(checkpoint: path, interval: .seconds(1 << 30))
        var events = TrainingEvents()
        var sightings: [Set<[UInt8]>] = [[], [], []]
        events.stepped = { progress in
            if let content = try? bytes(path) { sightings[progress.epoch - 1].insert(content) }
        }
        try trainer.run(events)
        #expect(sightings.allSatisfy { $0.count == 1 })
        #expect(Set(sightings).count == 3)
    }

    @Test func moreOrFewerEpochsMayBeAskedForThanBefore() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        try shortTrainer(shortSettings(epochs: 2), checkpoint: path).run()
        let whole = try shortTrainer(shortSettings(epochs: 4))
        try whole.run()
        let longer = try shortTrainer(shortSettings(epochs: 4))
        try longer.resume(from: path)
        try longer.run()
        #expect(Snapshot(longer.state) == Snapshot(whole.state))
        let shorter = try shortTrainer(shortSettings(epochs: 1))
        try shorter.resume(from: path)
        #expect(try shorter.run() == .finished)
        #expect(shorter.state.epoch == 2)
    }

    @Test func secondsOfAnEpochAddUpOverAStop() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        let stopped = try shortTrainer(checkpoint: path)
        var seconds: Double?
        var events = TrainingEvents.stopping(after: 5)
        events.stepped = { seconds = 80 / $0.imagesPerSecond }
        try stopped.run(events)
        let resumed = try shortTrainer()
        try resumed.resume(from: path)
        try resumed.run()
        let before = try #require(seconds)
        #expect(before > 0 && before < resumed.state.history[0].seconds)
    }

    @Test func infiniteValidationLossesSurviveACheckpoint() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        let far = InfiniteImages(count: 20)
        func trainer(_ checkpoint: String?) throws -> Trainer {
            try Trainer(
                network: Networks.linear(), training: digits(first: 64), validation: far,
                settings: shortSettings(Rule.all[0], Way.all[1]), checkpointPath: checkpoint)
        }
        let whole = try trainer(nil)
        try whole.run()
        #expect(whole.state.history.allSatisfy { !$0.loss.isFinite })
        try trainer(path).run(.stopping(after: 7))
        let resumed = try trainer(nil)
        try resumed.resume(from: path)
        try resumed.run()
        // NaN is not equal to itself, and its sign means nothing.
        func losses(_ trainer: Trainer) -> [Double] { trainer.state.history.map { $0.loss.isNaN ? -1 : $0.loss } }
        #expect(losses(resumed) == losses(whole))
        #expect(resumed.state.parameters.values.bits == whole.state.parameters.values.bits)
    }
}
