import Buffers
import Datasets
import Layers
import Optimizers

/// The learning-rate range test: training with a learning rate that rises from step to step until the loss diverges.
///
/// ```swift
/// let settings = RangeTestSettings(batchSize: 32, optimizer: try SGD(momentum: 0.9))
/// let range = try LearningRateRangeTest(network: network, training: digits, settings: settings).run()
/// print(range.steepest ?? 0)
/// ```
///
/// L. N. Smith, *Cyclical learning rates for training neural networks*, WACV 2017, section 3.3. There, the rate rises
/// linearly and the accuracy is measured on held-out data; here it may also rise exponentially, and loss and accuracy are
/// those of the mini-batches, smoothed, which costs nothing. See `docs/algorithms/learning-rate-range-test.md`.
///
/// Not safe to use from two threads at once.
public final class LearningRateRangeTest {
    /// The settings.
    public let settings: RangeTestSettings
    /// The number of steps that the whole range takes.
    public let steps: Int
    private let trainer: Trainer

    /// Checks that network, data and settings fit each other.
    ///
    /// - Parameters:
    ///   - network: what would be trained; its weights stay as they are.
    ///   - training: the images that it would learn from.
    ///   - settings: what to try.
    /// - Throws: ``TrainingError`` if they do not fit each other, `GraphError` if the network cannot be compiled,
    ///   `AllocationError` if memory is short.
    public init(network: Network, training: any Dataset, settings: RangeTestSettings) throws {
        try settings.check()
        self.settings = settings
        let size = max(settings.batchSize, 1)
        let batches = training.count / size + (training.count % size == 0 ? 0 : 1)
        let (steps, overflow) = settings.epochs.multipliedReportingOverflow(by: batches)
        guard settings.epochs >= 1, !overflow else {
            throw TrainingError.badSetting(
                name: "epochs", value: "\(settings.epochs)", allowed: "at least 1, and not too many to count")
        }
        self.steps = steps
        var plan = TrainingSettings(
            epochs: settings.epochs, batchSize: settings.batchSize, optimizer: settings.optimizer,
            learningRate: settings.lowest,
            schedule: RisingSchedule(settings: settings, steps: steps),
            augmentations: settings.augmentations, seed: settings.seed, workers: settings.workers,
            backends: settings.backends)
        plan.rateMultipliers = settings.rateMultipliers
        trainer = try Trainer(network: network, training: training, validation: training, settings: plan)
    }

    /// Runs the test from the network's weights; a test that was run goes on from where its weights are.
    ///
    /// - Parameter stepped: called after every step.
    /// - Throws: what a training step throws, but for a loss that is not finite, which ends the test.
    public func run(_ stepped: (TrainingEvents.Progress) -> Void = { _ in }) throws -> LearningRateRange {
        // The averages lag behind by a fortieth of the range: for five powers of ten, an eighth of one.
        let delay = max(5, steps / 40)
        var loss = Average(delay: delay)
        var accuracy = Average(delay: delay)
        var points: [LearningRateRange.Point] = []
        points.reserveCapacity(steps)
        func result(_ end: LearningRateRange.End) -> LearningRateRange {
            LearningRateRange(rise: settings.rise, steps: steps, delay: delay, points: points, end: end)
        }
        var least = Double.infinity
        for epoch in 0..<settings.epochs {
            try trainer.loader.start(epoch: epoch)
            trainer.beginEpoch(epoch)
            while let batch = trainer.loader.next() {
                let before = trainer.state.sums
                do { try trainer.step(batch) } catch TrainingError.notFinite { return result(.diverged) }
                let after = trainer.state.sums
                let images = Double(batch.count)
                let found = (after.loss - before.loss) / images
                let right = Double(after.correct - before.correct) / images
                points.append(
                    LearningRateRange.Point(
                        learningRate: after.learningRate, loss: found, accuracy: right, smoothedLoss: loss.add(found),
                        smoothedAccuracy: accuracy.add(right)))
                stepped(progress(epoch: epoch, step: points.count))
                guard points.count > delay else { continue }
                least = min(least, loss.value)
                if loss.value > settings.divergence * least { return result(.diverged) }
            }
        }
        return result(.finished)
    }

    private func progress(epoch: Int, step: Int) -> TrainingEvents.Progress {
        let sums = trainer.state.sums
        let batches = trainer.loader.batchCount
        let speed = sums.seconds > 0 ? Double(sums.images) / sums.seconds : 0
        return TrainingEvents.Progress(
            epoch: epoch + 1, epochs: settings.epochs, step: step - epoch * batches, steps: batches,
            loss: sums.evaluation.loss, imagesPerSecond: speed,
            secondsLeft: sums.seconds > 0 ? sums.seconds / Double(step) * Double(steps - step) : nil)
    }
}

extension Trainer {
    /// Moves to an epoch's first batch, without a measurement of the one before.
    fileprivate func beginEpoch(_ epoch: Int) { (state.epoch, state.batch) = (epoch, 0) }
}

/// An exponential average, divided by the weights' sum: with few numbers it is the plain mean of those there are.
private struct Average {
    private let factor: Double
    private var sum = 0.0
    private var weight = 0.0

    init(delay: Int) { factor = Double(delay) / Double(1 + delay) }

    var value: Double { sum / weight }

    /// Takes in a number, and gives the average with it.
    mutating func add(_ number: Double) -> Double {
        sum = factor * sum + (1 - factor) * number
        weight = factor * weight + (1 - factor)
        return value
    }
}

/// The learning rate of a range test by the share of its steps that is done.
private struct RisingSchedule: LearningRateSchedule {
    static let name = "rising"
    static let form = "rising"
    let settings: RangeTestSettings
    let steps: Int

    init(settings: RangeTestSettings, steps: Int) {
        self.settings = settings
        self.steps = steps
    }

    init(arguments: [Substring]) throws(ScheduleError) { throw .unknown(name: Self.name, suggestion: nil, forms: []) }

    func learningRate(base: Double, epoch: Double) -> Double {
        let step = (epoch / Double(settings.epochs) * Double(steps)).rounded()
        return settings.learningRate(step: Int(step), last: steps - 1)
    }

    var description: String { Self.name }
}
