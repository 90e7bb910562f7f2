import Buffers

extension Trainer {
    /// Continues from a checkpoint of the same network, data and settings; only the number of epochs may differ.
    ///
    /// A checkpoint that lies beyond the last epoch is taken over too; the run is then finished.
    ///
    /// - Parameter path: the checkpoint's file.
    /// - Throws: ``TrainingError/differentRun(differences:)`` for a checkpoint of another run,
    ///   ``TrainingError/badCheckpoint(path:reason:)`` if it is damaged; `FileError` or `FormatError` if it cannot be read,
    ///   `AllocationError` if memory is short. Whatever is thrown, the run so far is as it was.
    public func resume(from path: String) throws {
        try Checkpoint.read(
            into: state, settings: settings, images: training.count, fingerprint: fingerprint, from: path)
    }

    /// Writes a checkpoint, if there is to be one and the state is worth it.
    ///
    /// - Throws: ``TrainingError/notFinite(what:step:epoch:learningRate:)`` if the last step left the finite numbers: the
    ///   next one's loss would tell, but an earlier checkpoint would be lost by then.
    func writeCheckpoint() throws {
        guard let checkpointPath else { return }
        try checkFinite(state.parameters.values)
        try Checkpoint.write(state, fingerprint: fingerprint, to: checkpointPath)
        lastCheckpoint = clock.now
    }

    /// - Throws: ``TrainingError/notFinite(what:step:epoch:learningRate:)`` if a weight or a statistic is not finite.
    func checkFinite(_ parameters: AlignedBuffer<Float>) throws {
        guard parameters.isFinite(settings.workers) else {
            throw notFinite("a weight", step: state.step, lastLearningRate)
        }
    }

    /// η of the last step, which may have been the last epoch's.
    private var lastLearningRate: Double {
        state.sums.images > 0 ? state.sums.learningRate : state.history.last?.learningRate ?? settings.learningRate
    }
}
