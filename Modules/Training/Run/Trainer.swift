import Accelerators
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
///     epochs: 10, batchSize: 32, optimizer: try SGD(momentum: 0.9), learningRate: 0.05)
/// let trainer = try Trainer(
///     network: network, training: digits.load(defaultSplit: .train), validation: digits.load(defaultSplit: .test),
///     settings: settings)
/// _ = try trainer.run()
/// print(trainer.state.best.evaluation?.accuracy ?? 0)
/// ```
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

    private let classifier: Classifier
    private let training: any Dataset
    private let validation: any Dataset
    private let evaluator: Evaluator
    private let loader: BatchLoader
    private let gradients: AlignedBuffer<Float>
    private let iterate: ParameterStore<Float>?
    private let clock = ContinuousClock()

    /// Checks that network, data and settings fit each other, and prepares a run from the network's weights.
    ///
    /// - Parameters:
    ///   - network: what to train; its weights stay as they are.
    ///   - training: the images to learn from.
    ///   - validation: the images that both networks are measured on after every epoch.
    ///   - settings: how to train.
    ///   - checkpointPath: where to write a checkpoint after every epoch and when the run is stopped.
    /// - Throws: ``TrainingError``, or `GraphError` if the network cannot be compiled.
    public init(
        network: Network, training: any Dataset, validation: any Dataset, settings: TrainingSettings,
        checkpointPath: String? = nil
    ) throws {
        try settings.check()
        self.settings = settings
        self.training = training
        self.validation = validation
        self.checkpointPath = checkpointPath
        let compiler = Compiler(backends: settings.backends, workers: settings.workers)
        classifier = try Classifier(network.graph, imageShape: training.imageShape.dimensions, compiler: compiler)
        try classifier.checkLabels(of: training)
        try classifier.checkBatches(of: training, batchSize: settings.batchSize)
        evaluator = try Evaluator(classifier, validation, batchSize: settings.evaluationBatchSize)
        loader = try BatchLoader(training, batchSize: settings.batchSize, shuffleSeed: settings.seed)
        state = try TrainingState(network.parameters, settings: settings)
        gradients = try AlignedBuffer(count: network.parameters.layout.trainableCount)
        iterate = settings.optimizer.iterateDiffers ? try network.parameters.copy() : nil
    }

    /// Continues from a checkpoint of the same network, data and settings; the number of epochs may differ.
    ///
    /// - Throws: ``TrainingError``.
    public func resume(from path: String) throws {
        try Checkpoint.read(into: state, settings: settings.fingerprint, from: path)
    }

    /// Trains until all epochs are done or the events say stop.
    ///
    /// - Throws: ``TrainingError/notFinite(what:step:epoch:learningRate:)`` when training diverges; what the events throw.
    public func run(_ events: TrainingEvents = TrainingEvents()) throws -> Outcome {
        while state.epoch < settings.epochs {
            try loader.start(epoch: state.epoch, fromBatch: state.batch)
            while let batch = loader.next() {
                if events.shouldStop() {
                    try writeCheckpoint()
                    return .stopped
                }
                try step(batch)
                events.stepped(progress)
            }
            try finishEpoch()
            try events.finishedEpoch(state)
            try writeCheckpoint()
        }
        return .finished
    }

    private var progress: TrainingEvents.Progress {
        let sums = state.sums
        let speed = sums.seconds > 0 ? Double(sums.images) / sums.seconds : 0
        let images = (settings.epochs - state.epoch) * training.count - sums.images
        return TrainingEvents.Progress(
            epoch: state.epoch + 1, epochs: settings.epochs, batch: state.batch, batches: loader.batchCount,
            loss: sums.evaluation.loss, imagesPerSecond: speed,
            secondsLeft: speed > 0 ? Double(images) / speed : nil)
    }

    private func step(_ batch: Batch) throws {
        let start = clock.now
        let program = try classifier.trainingProgram(batch: batch.count)
        let theta = state.parameters
        let rule = settings.optimizer
        let epoch = Double(state.epoch) + Double(state.batch) / Double(max(loader.batchCount, 1))
        let rate = settings.schedule.learningRate(base: settings.learningRate, epoch: epoch)
        rule.displace(theta.trainable, state: state.optimizer, workers: settings.workers)
        program.run(
            parameters: theta.values.pointer, gradients: gradients.pointer,
            inputs: batch.addresses,
            invocation: Invocation(seed: settings.seed, step: UInt64(state.step)))
        let loss = Double(program.output(1)[0])
        guard loss.isFinite else { throw notFinite("the loss", rate) }
        try state.acceleration?.observeGradient(gradients.elements, workers: settings.workers)
        try rule.step(
            StepContext(
                parameters: theta.trainable, gradient: gradients.elements, loss: loss, learningRate: rate),
            state: state.optimizer, workers: settings.workers)
        state.sums.loss += loss * Double(batch.count)
        state.sums.correct += Classifier.correct(
            program.output(0), labels: batch.labels,
            classes: classifier.classes)
        state.sums.images += batch.count
        state.sums.learningRate = rate
        state.sums.seconds += (clock.now - start) / .seconds(1)
        state.batch += 1
        state.step += 1
    }

    private func finishEpoch() throws {
        let plain = readIterate()
        guard plain.values.isFinite(settings.workers) else { throw notFinite("a weight", state.sums.learningRate) }
        let epoch = state.epoch + 1
        let evaluation = try evaluator.evaluate(plain.values)
        state.best.offer(plain.values, evaluation, epoch: epoch)
        let (accelerated, outcome) = try extrapolate(from: plain, evaluation, epoch: epoch)
        state.history.append(
            EpochMetrics(
                epoch: epoch, steps: state.step, training: state.sums.evaluation, plain: evaluation,
                accelerated: accelerated, proposal: outcome.flatMap { settings.acceleration?.name(of: $0) },
                learningRate: state.sums.learningRate,
                seconds: state.sums.seconds))
        state.epoch = epoch
        state.batch = 0
        state.sums = EpochSums()
    }

    /// Tells the accelerator of the epoch's end and measures what it proposes; online, moves θ there.
    private func extrapolate(
        from plain: ParameterStore<Float>, _ evaluation: Evaluation, epoch: Int
    ) throws -> (Evaluation?, Proposal?) {
        guard let acceleration = state.acceleration else { return (nil, nil) }
        let workers = settings.workers
        var accelerated: Evaluation?
        if try acceleration.endEpoch(at: plain.values.elements, workers: workers) == .accepted {
            let measured = try evaluator.evaluate(acceleration.proposal)
            state.bestAccelerated?.offer(acceleration.proposal, measured, epoch: epoch)
            accelerated = measured
        }
        let outcome = try acceleration.decide(
            plain: evaluation.loss, proposed: accelerated?.loss, moving: state.parameters.values.mutableElements,
            workers: workers)
        return (accelerated, outcome)
    }

    /// The network to evaluate and save: θ itself for most rules.
    private func readIterate() -> ParameterStore<Float> {
        guard let iterate else { return state.parameters }
        iterate.values.assign(state.parameters.values)
        settings.optimizer.readIterate(
            from: UnsafeBufferPointer(state.parameters.trainable), into: iterate.trainable, state: state.optimizer,
            workers: settings.workers)
        return iterate
    }

    private func notFinite(_ what: String, _ rate: Double) -> TrainingError {
        .notFinite(what: what, step: state.step + 1, epoch: state.epoch + 1, learningRate: rate)
    }

    private func writeCheckpoint() throws {
        if let checkpointPath { try Checkpoint.write(state, settings: settings.fingerprint, to: checkpointPath) }
    }
}
