import Buffers
import Datasets
import Foundation
import Optimizers
import Tensors
import Testing
import Training

/// η₀ for the first epoch, and another rate from then on.
struct CliffSchedule: LearningRateSchedule {
    static let name = "cliff"
    static let form = "cliff"
    var then = 1e300

    init(then: Double) { self.then = then }
    init(arguments: [Substring]) throws(ScheduleError) {}
    func learningRate(base: Double, epoch: Double) -> Double { epoch < 1 ? base : then }
    var description: String { "cliff \(then)" }
}

/// A run whose numbers leave the finite ones, or whose checkpoint cannot be written, says so and loses nothing.
@Suite struct DivergenceTests {
    private static func expectFinite(_ path: String) throws {
        let file = try Safetensors(contentsOf: path)
        for entry in file.entries where entry.elementType == .float32 {
            let tensor: Tensor<Float> = try file.tensor(entry.name)
            #expect(tensor.elements.allSatisfy { $0.isFinite }, "\(entry.name)")
        }
    }

    @Test(arguments: Rule.all.filter { type(of: $0.optimizer).usesLearningRate })
    func aRateThatIsTooHighIsReportedWithItsStep(_ rule: Rule) throws {
        var settings = shortSettings(rule)
        settings.learningRate = 1e30
        let trainer = try shortTrainer(settings)
        let error = try #require(failure(TrainingError.self) { try trainer.run() })
        guard case .notFinite(let what, let step, let epoch, 1e30) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(["the loss", "a weight"].contains(what))
        #expect(2...18 ~= step && epoch == (step - 1) / 6 + 1)
        #expect("\(error)".contains("no longer finite at step \(step) (epoch \(epoch), learning rate 1e+30)"))
        // Asked to go on, it says the same.
        #expect(failure(TrainingError.self) { try trainer.run() } == error)
    }

    @Test(arguments: [Duration.zero, .seconds(300)])
    func theLastGoodCheckpointStays(_ interval: Duration) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        var settings = shortSettings(Rule.all[1], Way.all[1])
        settings.schedule = CliffSchedule(then: 1e300)
        let trainer = try shortTrainer(settings, checkpoint: path, interval: interval)
        var events = TrainingEvents()
        var epochEnd: [UInt8] = []
        events.shouldStop = {
            if trainer.state.step == 6, trainer.state.batch == 0 { epochEnd = (try? bytes(path)) ?? [] }
            return false
        }
        let error = try #require(failure(TrainingError.self) { try trainer.run(events) })
        guard case .notFinite(let what, let step, 2, 1e300) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(!epochEnd.isEmpty)
        if interval == .zero {
            // The very step is named whose result would have been written.
            #expect(what == "a weight" && step == 7)
        } else {
            #expect(what == "the loss" && step == 8)
        }
        #expect(try bytes(path) == epochEnd)
        try Self.expectFinite(path)
        #expect(folder.files == ["checkpoint"])

        let resumed = try shortTrainer(settings)
        try resumed.resume(from: path)
        #expect(resumed.state.step == 6 && resumed.state.epoch == 1)
    }

    @Test func aStopWithWeightsThatAreNotFiniteKeepsTheEarlierCheckpoint() throws {
        let folder = try TemporaryFolder()
        var settings = shortSettings()
        settings.learningRate = 1e300
        let trainer = try shortTrainer(settings, checkpoint: folder.file("checkpoint"))
        let error = failure(TrainingError.self) { try trainer.run(.stopping(after: 1)) }
        #expect(error == .notFinite(what: "a weight", step: 1, epoch: 1, learningRate: 1e300))
        // What was written before the first step stays.
        try Self.expectFinite(folder.file("checkpoint"))
        let resumed = try shortTrainer(settings)
        try resumed.resume(from: folder.file("checkpoint"))
        #expect(resumed.state.step == 0)
    }

    @Test func aWeightThatDivergesInTheLastStepOfAnEpochIsReportedWithThatStep() throws {
        var settings = shortSettings()
        settings.learningRate = 1e300
        settings.batchSize = 90
        let trainer = try shortTrainer(settings)
        #expect(
            failure { try trainer.run() }
                == TrainingError.notFinite(what: "a weight", step: 1, epoch: 1, learningRate: 1e300))
        #expect(trainer.state.best.evaluation == nil)
    }

    @Test func weightsThatAreNotFiniteFromTheStartAreReported() throws {
        let network = try Networks.linear()
        network.parameters.values.pointer[3] = .nan
        let error = failure(TrainingError.self) { try shortTrainer(network: network) }
        #expect(error == .notFinite(what: "a weight", step: 0, epoch: 0, learningRate: 0.05))
        #expect(error?.description == "a weight is not finite before the first step: the model is damaged")
    }

    @Test func aDeviceWithoutRoomIsReportedBeforeTheWorkIsDone() throws {
        let trainer = try shortTrainer(checkpoint: "/dev/full")
        #expect(failure(FileError.self) { try trainer.run() }?.code == ENOSPC)
        #expect(trainer.state.step == 0)
    }

    @Test func aFolderThatIsNotThereIsReported() throws {
        let trainer = try shortTrainer(checkpoint: "/nowhere/at/all/checkpoint")
        #expect(failure(FileError.self) { try trainer.run() }?.code == ENOENT)
    }

    /// Whether this process may mount a small disk of its own.
    static let canMount: Bool = {
        guard let folder = try? TemporaryFolder(), mount("tmpfs", folder.path, "tmpfs", 0, "size=4k") == 0 else {
            return false
        }
        return umount(folder.path) == 0
    }()

    @Test(.enabled(if: canMount, "only root can mount a small disk"))
    func onAFullDiskTheEarlierCheckpointStays() throws {
        let folder = try TemporaryFolder()
        try #require(mount("tmpfs", folder.path, "tmpfs", 0, "size=256k") == 0)
        defer { umount(folder.path) }
        let path = folder.file("checkpoint")
        let trainer = try shortTrainer(checkpoint: path)
        try trainer.run(.stopping(after: 4))
        let good = try bytes(path)
        let filler = open(folder.file("filler"), O_WRONLY | O_CREAT, 0o600)
        let block = [UInt8](repeating: 1, count: 4096)
        while write(filler, block, block.count) > 0 {}
        close(filler)
        #expect(failure(FileError.self) { try trainer.run(.stopping(after: 9)) }?.code == ENOSPC)
        #expect(try bytes(path) == good)
        #expect(!folder.files.contains { $0.contains("tmp") })
        let resumed = try shortTrainer()
        try resumed.resume(from: path)
        #expect(resumed.state.step == 4)
    }
}
