import Accelerators
import Buffers
import Datasets
import Graphs
import Layers
import Optimizers
import Testing
import Training

/// A checkpoint is refused by a run that would not have made it, with the names of what differs.
@Suite struct DifferentRunTests {
    /// What may be changed, and what the message must name.
    struct Change: Sendable, CustomTestStringConvertible {
        let names: [String]
        var settings: @Sendable (inout TrainingSettings) throws -> Void = { _ in }
        var network: @Sendable () throws -> Network = { try Networks.normalized() }
        var training: @Sendable () throws -> any Dataset = { try digits(first: 90) }
        var validation: @Sendable () throws -> any Dataset = { try digits(.test, first: 50) }

        var testDescription: String { names.joined(separator: ", ") }
    }

    static let changes: [Change] = [
        Change(names: ["batch size"], settings: { $0.batchSize = 15 }),
        Change(names: ["evaluation batch size"], settings: { $0.evaluationBatchSize = 50 }),
        Change(names: ["learning rate"], settings: { $0.learningRate = 0.051 }),
        Change(names: ["schedule"], settings: { $0.schedule = try ScheduleTable.parse("linear:0.001:3") }),
        Change(names: ["seed"], settings: { $0.seed = 6 }),
        Change(names: ["threads"], settings: { $0.workers = Workers(1) }),
        Change(names: ["backends"], settings: { $0.backends = .reference }),
        Change(names: ["optimizer's momentum"], settings: { $0.optimizer = try SGD(momentum: 0.8, weightDecay: 1e-3) }),
        Change(
            names: [
                "optimizer", "optimizer's beta1", "optimizer's beta2", "optimizer's epsilon", "optimizer's momentum",
                "optimizer's nesterov", "optimizer's weight-decay",
            ],
            settings: { $0.optimizer = try Adam() }),
        Change(names: ["accelerator"], settings: { $0.acceleration = nil }),
        Change(names: ["accelerator"], settings: { $0.acceleration = AccelerationSettings(try RNA(window: 4)) }),
        Change(
            names: ["accelerator"],
            settings: { $0.acceleration = AccelerationSettings(try RNA(window: 3), mode: .online) }),
        Change(
            names: ["learning-rate multipliers"],
            settings: { $0.rateMultipliers = [try Networks.normalized().parameters.layout.segments[0].name: 0.5] }),
        Change(names: ["frozen parameters"], settings: { $0.preparation = ["frozen parameters": "conv*"] }),
        Change(names: ["network"], network: { try Networks.normalized(channels: 5) }),
        Change(names: ["network"], network: { try Networks.normalized(dropout: 0.5) }),
        // Another number of batches, of images in the last batch, and other images.
        Change(names: ["training data"], training: { try digits(first: 60) }),
        Change(names: ["training data"], training: { try digits(first: 91) }),
        Change(names: ["training data"], training: { try digits(.test, first: 90) }),
        Change(names: ["validation data"], validation: { try digits(.test, first: 51) }),
    ]

    static func trainer(_ change: Change? = nil, checkpoint: String? = nil) throws -> Trainer {
        var settings = shortSettings(Rule.all[1], Way.all[1])
        try change?.settings(&settings)
        let usual = Change(names: [])
        return try Trainer(
            network: (change ?? usual).network(), training: (change ?? usual).training(),
            validation: (change ?? usual).validation(), settings: settings, checkpointPath: checkpoint)
    }

    @Test(arguments: changes)
    func differencesAreNamed(_ change: Change) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        try Self.trainer(checkpoint: path).run(.stopping(after: 9))
        let other = try Self.trainer(change)
        let before = Snapshot(other.state)
        guard case .differentRun(let differences) = failure(TrainingError.self, { try other.resume(from: path) }) else {
            Issue.record("it was not refused as another run")
            return
        }
        #expect(differences.map { String($0.split(separator: " was ")[0]) } == change.names)
        #expect(differences.allSatisfy { $0.contains(", now it is ") })
        #expect(Snapshot(other.state) == before)
    }

    @Test func dataThatWasRenamedAndWeightsThatWereReplacedAreTheSameRun() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        let training = try uniform(40, name: "/old/place.npz")
        func trainer(_ network: Network, _ training: any Dataset, _ checkpoint: String? = nil) throws -> Trainer {
            try Trainer(
                network: network, training: training, validation: training, settings: shortSettings(),
                checkpointPath: checkpoint)
        }
        let stopped = try trainer(Networks.linear(seed: 1), training, path)
        try stopped.run(.stopping(after: 2))
        let resumed = try trainer(Networks.linear(seed: 2), uniform(40, name: "/new/place.npz"))
        try resumed.resume(from: path)
        #expect(Snapshot(resumed.state) == Snapshot(stopped.state))
    }
}
