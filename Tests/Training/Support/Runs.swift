import Accelerators
import Buffers
import Datasets
import Graphs
import Layers
import Optimizers
import Testing
import Training

/// What a run has come to, bit by bit; what depends on the clock is left out.
struct Snapshot: Equatable {
    var epoch: Int
    var batch: Int
    var step: Int
    var parameters: [UInt32]
    var best: [UInt32]
    var bestEvaluation: Evaluation?
    var bestEpoch: Int
    var bestAccelerated: [UInt32]?
    var bestAcceleratedEvaluation: Evaluation?
    var bestAcceleratedEpoch: Int?
    var history: [EpochMetrics]

    init(_ state: TrainingState) {
        (epoch, batch, step) = (state.epoch, state.batch, state.step)
        parameters = state.parameters.values.bits
        best = state.best.parameters.bits
        (bestEvaluation, bestEpoch) = (state.best.evaluation, state.best.epoch)
        bestAccelerated = state.bestAccelerated?.parameters.bits
        bestAcceleratedEvaluation = state.bestAccelerated?.evaluation
        bestAcceleratedEpoch = state.bestAccelerated?.epoch
        history = state.history.map { metrics in
            var metrics = metrics
            (metrics.seconds, metrics.stallSeconds, metrics.imagesPerSecond) = (0, 0, 0)
            return metrics
        }
    }
}

/// A way to train, by name.
struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    let optimizer: any Optimizer
    let learningRate: Double

    var testDescription: String { name }

    static let all: [Rule] = {
        do {
            return [
                Rule(name: "sgd", optimizer: try SGD(), learningRate: 0.1),
                Rule(name: "momentum", optimizer: try SGD(momentum: 0.9, weightDecay: 1e-3), learningRate: 0.05),
                Rule(name: "nesterov", optimizer: try SGD(momentum: 0.9, nesterov: true), learningRate: 0.05),
                Rule(name: "adam", optimizer: try Adam(), learningRate: 0.01),
                Rule(
                    name: "rda", optimizer: try RDA(gamma: 2, lambda: 1e-3, anchorSteps: 50), learningRate: 0),
                Rule(
                    name: "neumann",
                    optimizer: try OptimizerTable.make(
                        "neumann", settings: ["warmup-epochs": 1, "reset-epochs": 0.5]), learningRate: 0.02),
                Rule(
                    name: "adaptive nesterov", optimizer: try OptimizerTable.make("adaptive-nesterov"),
                    learningRate: 0),
            ]
        } catch { return [] }
    }()
}

/// A way to accelerate, by name.
struct Way: Sendable, CustomTestStringConvertible {
    let name: String
    let acceleration: AccelerationSettings?

    var testDescription: String { name }

    static let all: [Way] = {
        do {
            return [
                Way(name: "none", acceleration: nil),
                Way(name: "offline", acceleration: AccelerationSettings(try RNA(window: 3))),
                Way(name: "online", acceleration: AccelerationSettings(try RNA(window: 3), mode: .online)),
                Way(
                    name: "gradient residuals",
                    acceleration: AccelerationSettings(try RNA(window: 3, gradientResiduals: true))),
                Way(
                    name: "gradient residuals online",
                    acceleration: AccelerationSettings(try RNA(window: 3, gradientResiduals: true), mode: .online)),
                Way(
                    name: "restart, unguarded",
                    acceleration: AccelerationSettings(try RNA(window: 2), mode: .restart, guarding: .none)),
                Way(
                    name: "adaptive, statistics measured anew",
                    acceleration: AccelerationSettings(
                        try RNA(window: 3, grid: .singularValues), mode: .online, guarding: .training,
                        statistics: .reestimate)),
            ]
        } catch { return [] }
    }()
}

/// The settings of short runs on a few digits, six batches an epoch, of which the last is shorter.
func shortSettings(
    _ rule: Rule = Rule.all[1], _ way: Way = Way.all[0], epochs: Int = 3, seed: UInt64 = 5
) -> TrainingSettings {
    TrainingSettings(
        epochs: epochs, batchSize: 16, optimizer: rule.optimizer, learningRate: rule.learningRate,
        schedule: ConstantSchedule(), acceleration: way.acceleration, seed: seed, workers: Workers(2),
        backends: allBackends, evaluationBatchSize: 32)
}

/// A trainer of a short run.
func shortTrainer(
    _ settings: TrainingSettings = shortSettings(), network: Network? = nil, training: (any Dataset)? = nil,
    checkpoint: String? = nil, interval: Duration = .seconds(300)
) throws -> Trainer {
    try Trainer(
        network: network ?? Networks.normalized(), training: training ?? digits(first: 90),
        validation: digits(.test, first: 50), settings: settings, checkpointPath: checkpoint,
        checkpointInterval: interval)
}

extension TrainingEvents {
    /// Events that stop a run before a step of which `count` were done.
    static func stopping(after count: Int) -> TrainingEvents {
        var asked = 0
        var events = TrainingEvents()
        events.shouldStop = {
            asked += 1
            return asked > count
        }
        return events
    }
}
