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
        let sparsity = Sparsity(of: plain)
        let extrapolation = try extrapolate(from: plain, evaluation, epoch: epoch)
        let sums = state.sums
        state.history.append(
            EpochMetrics(
                epoch: epoch, steps: state.step, training: sums.evaluation, plain: evaluation,
                accelerated: extrapolation.evaluation,
                proposal: extrapolation.outcome.flatMap { settings.acceleration?.name(of: $0) },
                learningRate: sums.learningRate, persistency: settings.persistency, seconds: sums.seconds,
                stallSeconds: sums.stallSeconds,
                sparsity: sparsity.isSparse ? sparsity : nil, reported: reportedMeans,
                diagnostics: extrapolation.diagnostics))
        state.epoch = epoch
        state.batch = 0
        state.sums = EpochSums(reported: state.reportedNames.count)
    }

    /// The network to evaluate and save: θ itself for most rules.
    private func readIterate() -> ParameterStore<Float> {
        guard let iterate else { return state.parameters }
        iterate.values.assign(state.parameters.values)
        settings.optimizer.readIterate(
            from: UnsafeBufferPointer(state.parameters.trainable), into: iterate.trainable, state: state.optimizer,
            workers: settings.workers)
        frozenZeros?.apply(to: iterate.trainable, workers: settings.workers)
        return iterate
    }

    /// The means over the epoch of what the rule tells at every step.
    private var reportedMeans: [String: Double]? {
        guard !state.reportedNames.isEmpty else { return nil }
        let steps = Double(max(state.sums.steps, 1))
        return Dictionary(uniqueKeysWithValues: zip(state.reportedNames, state.sums.reported.map { $0 / steps }))
    }
}
