import Buffers
import Optimizers

extension Trainer {
    /// Measures the network at the end of an epoch, extrapolates, and begins the next epoch.
    func finishEpoch() throws {
        let plain = readIterate()
        try checkFinite(plain.values)
        // The next epoch's first batches are made during the evaluation.
        if state.epoch + 1 < settings.epochs { try loader.start(epoch: state.epoch + 1) }
        let epoch = state.epoch + 1
        let evaluation = try evaluator.evaluate(plain.values)
        state.best.offer(plain.values, evaluation, epoch: epoch)
        let (accelerated, outcome) = try extrapolate(from: plain, evaluation, epoch: epoch)
        let sums = state.sums
        state.history.append(
            EpochMetrics(
                epoch: epoch, steps: state.step, training: sums.evaluation, plain: evaluation, accelerated: accelerated,
                proposal: outcome.flatMap { settings.acceleration?.name(of: $0) }, learningRate: sums.learningRate,
                persistency: settings.persistency,
                seconds: sums.seconds, stallSeconds: sums.stallSeconds))
        state.epoch = epoch
        state.batch = 0
        state.sums = EpochSums()
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
}
