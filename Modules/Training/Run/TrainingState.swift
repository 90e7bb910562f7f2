import Accelerators
import Buffers
import Optimizers

/// Everything that a run is in the middle of: what a checkpoint holds.
public final class TrainingState {
    /// θ, with the running statistics behind it.
    public let parameters: ParameterStore<Float>
    /// The best plain network so far.
    public internal(set) var best: Best
    /// The best extrapolated network so far; `nil` without an accelerator.
    public internal(set) var bestAccelerated: Best?
    /// The metrics of the epochs done.
    public internal(set) var history: [EpochMetrics] = []
    /// The number of epochs done.
    public internal(set) var epoch = 0
    /// The number of batches done of the epoch under way.
    public internal(set) var batch = 0
    /// The number of steps done with the batch under way, below the settings' persistency.
    public internal(set) var repetition = 0
    /// The number of steps done since the run began.
    public internal(set) var step = 0

    var optimizer: OptimizerState<Float>
    let acceleration: Acceleration<Float>?
    var sums: EpochSums
    /// The names of the numbers that the rule tells at every step.
    let reportedNames: [String]

    /// What the rule tells of its last step, such as the step length that it found; empty for most rules.
    public var reported: [String: Double] {
        Dictionary(uniqueKeysWithValues: reportedNames.map { ($0, optimizer[scalar: $0]) })
    }

    init(_ initial: ParameterStore<Float>, settings: TrainingSettings) throws {
        parameters = try initial.copy()
        optimizer = try settings.optimizer.makeState(for: initial.layout, as: Float.self)
        // A plugin that cannot make its state says so here, not after the caller has made files for the run.
        try optimizer.capture()
        reportedNames = type(of: settings.optimizer).reported
        sums = EpochSums(reported: reportedNames.count)
        acceleration = try settings.acceleration.map { settings in
            try Acceleration(
                settings.method, mode: settings.mode, count: initial.layout.count,
                gradientCount: initial.layout.trainableCount)
        }
        try acceleration?.begin(at: parameters.values.elements, workers: settings.workers)
        best = try Best(count: initial.layout.count)
        bestAccelerated = try settings.acceleration.map { _ in try Best(count: initial.layout.count) }
    }
}
