import Buffers
import Datasets
import Graphs
import Optimizers

extension Trainer {
    /// Takes one optimizer step on a batch. Allocates nothing, unless the batch has another size than the one before.
    ///
    /// - Throws: ``TrainingError/notFinite(what:step:epoch:learningRate:)`` for a loss that is not finite; θ's trainable
    ///   part is then as before.
    func step(_ batch: Batch) throws {
        let start = clock.now
        if batch.count != program.batch {
            program = (batch.count, try classifier.trainingProgram(batch: batch.count))
        }
        let program = program.program
        let theta = state.parameters
        let workers = settings.workers
        let epoch = Double(state.epoch) + Double(stepOfEpoch) / Double(stepsPerEpoch)
        let rule = settings.optimizer(at: epoch)
        let rate = settings.schedule.learningRate(base: settings.learningRate, epoch: epoch)
        let frozen = frozenZeros
        frozen?.freeze(theta.trainable, workers: workers)
        rule.displace(theta.trainable, state: state.optimizer, workers: workers)
        frozen?.apply(to: theta.trainable, workers: workers)
        batch.list(in: &addresses)
        program.run(
            parameters: theta.values.pointer, gradients: gradients.pointer, inputs: addresses,
            invocation: Invocation(seed: settings.seed, step: UInt64(state.step)))
        let loss = Double(program.output(1)[0])
        guard loss.isFinite else { throw notFinite("the loss", step: state.step + 1, usesRate ? rate : stepSize) }
        frozen?.apply(to: gradients.mutableElements, workers: workers)
        settings.clipping?.apply(to: gradients.mutableElements, workers: workers)
        try state.acceleration?.observeGradient(gradients.elements, workers: workers)
        let context = StepContext(
            parameters: theta.trainable, gradient: gradients.elements, loss: loss, learningRate: rate,
            stepsPerEpoch: stepsPerEpoch, multipliers: multipliers)
        try rule.step(context, state: state.optimizer, workers: workers)
        frozen?.freeze(theta.trainable, workers: workers)
        // Later, the loss on the batch tells how well it was learnt by heart.
        if state.repetition == 0 {
            state.sums.add(
                loss: loss, correct: classifier.correct(program.output(0), labels: batch.labels), images: batch.count)
        }
        state.sums.add(
            seconds: (clock.now - start) / .seconds(1), stallSeconds: state.repetition == 0 ? batch.secondsWaited : 0,
            learningRate: usesRate ? rate : stepSize)
        for (index, name) in state.reportedNames.enumerated() {
            state.sums.add(reported: state.optimizer[scalar: name], at: index)
        }
        state.repetition += 1
        if state.repetition == settings.persistency { (state.batch, state.repetition) = (state.batch + 1, 0) }
        state.step += 1
    }

    /// The number of steps, and of gradients, of an epoch.
    public var stepsPerEpoch: Int { loader.batchCount * settings.persistency }

    /// The number of steps done of the epoch under way.
    var stepOfEpoch: Int { state.batch * settings.persistency + state.repetition }

    /// The zeros that stay zero, once that has begun.
    var frozenZeros: ZeroMask<Float>? {
        guard let first = settings.freezesZerosFrom, state.epoch >= first else { return nil }
        return zeros
    }

    /// The learning rate's factors by ranges of θ; `nil` where there are none.
    ///
    /// - Throws: ``TrainingError/badMultipliers(_:)`` for a factor out of range, or one for something that is not trained.
    static func multipliers(
        _ settings: TrainingSettings, _ layout: ParameterLayout
    ) throws(TrainingError) -> RateMultipliers? {
        guard !settings.rateMultipliers.isEmpty else { return nil }
        do { return try RateMultipliers(layout: layout, factors: settings.rateMultipliers) } catch {
            throw .badMultipliers(error)
        }
    }

    /// Whether the rule takes the schedule's learning rate; else its state tells what it took.
    private var usesRate: Bool { type(of: settings.optimizer).usesLearningRate }
    private var stepSize: Double { state.optimizer[scalar: "step-size"] }

    /// The error of a number that is not finite.
    func notFinite(_ what: String, step: Int, _ rate: Double) -> TrainingError {
        .notFinite(what: what, step: step, epoch: state.epoch + 1, learningRate: rate)
    }
}
