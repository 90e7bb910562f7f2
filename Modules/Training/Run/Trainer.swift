import Buffers
import Datasets
import Graphs
import Layers
import Optimizers

/// Trains a network on a data set, evaluates it after every epoch, and extrapolates its weights.
///
/// ```swift
/// let digits = try DatasetSpecification("digits")
/// let network = try Network(name: "tiny", input: [1, 8, 8], seed: 0) { Dense(10) }
/// let settings = TrainingSettings(
///     epochs: 10, batchSize: 32, optimizer: try SGD(momentum: 0.9), learningRate: 0.05,
///     acceleration: AccelerationSettings(try RNA(window: 5)))
/// let trainer = try Trainer(
///     network: network, training: digits.load(defaultSplit: .train), validation: digits.load(defaultSplit: .test),
///     settings: settings)
/// try trainer.run()
/// print(trainer.state.best.evaluation?.accuracy ?? 0)
/// ```
///
/// The same network, data and settings give the same bits, also where a run was stopped and resumed in between. Batch
/// normalisation learns nothing from a batch with one value a channel, such as a last batch of one image before a dense
/// layer: its output is the offset alone, and the running variance stays.
///
/// Not safe to use from two threads at once.
public final class Trainer {
    /// How a run ended.
    public enum Outcome: Sendable {
        /// All epochs are done.
        case finished
        /// ``TrainingEvents/shouldStop`` said so.
        case stopped
    }

    /// The settings.
    public let settings: TrainingSettings
    /// The run so far.
    public let state: TrainingState
    /// Where checkpoints are written; `nil` for none.
    public let checkpointPath: String?
    /// How long training goes on at most before a checkpoint is written in the middle of an epoch.
    public let checkpointInterval: Duration

    let training: any Dataset
    let classifier: Classifier
    let evaluator: Evaluator
    let loader: BatchLoader
    /// What decides on proposals; nil where the validation data do.
    let objectives: Evaluator?
    /// What measures statistics anew; nil where they are extrapolated.
    let statistics: StatisticsEstimator?
    let fingerprint: [String: String]
    let gradients: AlignedBuffer<Float>
    let iterate: ParameterStore<Float>?
    let zeros: ZeroMask<Float>?
    let multipliers: RateMultipliers?
    let clock = ContinuousClock()
    var lastCheckpoint: ContinuousClock.Instant
    /// What the last step ran, and where it found its batch: kept, so that the next step allocates nothing.
    var program: (batch: Int, program: Program<Float>)
    var addresses: [UnsafeRawPointer] = []

    /// Checks that network, data and settings fit each other, and prepares a run from the network's weights.
    ///
    /// - Parameters:
    ///   - network: what to train; its weights stay as they are.
    ///   - training: the images to learn from.
    ///   - validation: the images that both networks are measured on after every epoch.
    ///   - settings: how to train.
    ///   - checkpointPath: where to write a checkpoint before the first step, after every epoch, when the run is stopped,
    ///     and in between.
    ///   - checkpointInterval: how long training goes on at most before a checkpoint is written in the middle of an
    ///     epoch; five minutes by default. 0 writes one after every step.
    /// - Throws: ``TrainingError`` if they do not fit each other, `GraphError` if the network cannot be compiled,
    ///   `AllocationError` if memory is short.
    public init(
        network: Network, training: any Dataset, validation: any Dataset, settings: TrainingSettings,
        checkpointPath: String? = nil, checkpointInterval: Duration = .seconds(300)
    ) throws {
        try settings.check()
        try settings.acceleration?.check()
        self.settings = settings
        self.training = training
        self.checkpointPath = checkpointPath
        self.checkpointInterval = checkpointInterval
        let compiler = Compiler(backends: settings.backends, workers: settings.workers)
        let layout = network.parameters.layout
        guard layout.trainableCount > 0 else { throw TrainingError.nothingToTrain }
        classifier = try Classifier(network.graph, imageShape: training.imageShape.dimensions, compiler: compiler)
        try classifier.check(training, batchSize: settings.batchSize, checksLabels: true)
        evaluator = try Evaluator(classifier, validation, batchSize: settings.evaluationBatchSize)
        guard network.parameters.values.isFinite(settings.workers) else {
            throw TrainingError.notFinite(
                what: "a weight", step: 0, epoch: 0, learningRate: settings.learningRate)
        }
        objectives =
            settings.acceleration?.guarding == .training
            ? try Evaluator(classifier, training, batchSize: settings.evaluationBatchSize) : nil
        statistics =
            settings.acceleration?.statistics == .reestimate
            ? try StatisticsEstimator(classifier, training, batchSize: settings.batchSize, compiler: compiler) : nil
        loader = try BatchLoader(
            training, batchSize: settings.batchSize, shuffleSeed: settings.seed, augmentations: settings.augmentations)
        state = try TrainingState(network.parameters, settings: settings)
        gradients = try AlignedBuffer(count: layout.trainableCount)
        iterate = settings.optimizer.iterateDiffers ? try network.parameters.copy() : nil
        multipliers = try Self.multipliers(settings, layout)
        zeros = try settings.freezesZerosFrom.map { _ in try ZeroMask(layout: layout) }
        fingerprint = try Fingerprint.entries(
            of: settings, network: network.graph, layout: layout, training: training, validation: validation)
        // A network that cannot be trained says so here, not after the caller has made files for the run.
        let batch = min(settings.batchSize, training.count)
        program = (batch, try classifier.trainingProgram(batch: batch))
        lastCheckpoint = clock.now
    }

    /// Trains until all epochs are done or the events say stop; goes on where it was stopped before.
    ///
    /// - Parameter events: whom to tell what, and whom to ask whether to stop.
    /// - Throws: ``TrainingError/notFinite(what:step:epoch:learningRate:)`` when training diverges, `FileError` if a
    ///   checkpoint cannot be written; what the events throw. A checkpoint that was there stays.
    @discardableResult
    public func run(_ events: TrainingEvents = TrainingEvents()) throws -> Outcome {
        lastCheckpoint = clock.now
        // A place that cannot be written to is found out before the work is done, and a run that fails early can go on.
        if state.step == 0 { try writeCheckpoint() }
        while state.epoch < settings.epochs {
            if !loader.isAt(epoch: state.epoch, batch: state.batch) {
                try loader.start(epoch: state.epoch, fromBatch: state.batch)
            }
            while let batch = loader.next() {
                repeat {
                    if events.shouldStop() { return try stop() }
                    try step(batch)
                    if clock.now - lastCheckpoint >= checkpointInterval { try writeCheckpoint() }
                    events.stepped(progress)
                } while state.repetition > 0
            }
            // An evaluation may take as long as many steps.
            if events.shouldStop() { return try stop() }
            try finishEpoch()
            try events.finishedEpoch(state)
            try writeCheckpoint()
        }
        return .finished
    }

    private func stop() throws -> Outcome {
        try writeCheckpoint()
        return .stopped
    }

    private var progress: TrainingEvents.Progress {
        let sums = state.sums
        let share = Double(stepOfEpoch) / Double(stepsPerEpoch)
        let epochImages = Double(training.count * settings.persistency)
        let speed = sums.seconds > 0 ? share * epochImages / sums.seconds : 0
        let images = (Double(settings.epochs - state.epoch) - share) * epochImages
        return TrainingEvents.Progress(
            epoch: state.epoch + 1, epochs: settings.epochs, step: stepOfEpoch, steps: stepsPerEpoch,
            loss: sums.evaluation.loss, imagesPerSecond: speed, secondsLeft: speed > 0 ? images / speed : nil)
    }
}
