import Datasets

extension StepBenchmark {
    /// What data costs: batches alone, and steps that get them one after the other.
    public struct DataFigures: Sendable, Hashable {
        /// Seconds for a batch where nothing else is done: the median.
        public let secondsPerBatch: Double
        /// Seconds from one step's end to the next one's, waiting included: the median.
        public let secondsPerStep: Double
        /// The mean of the seconds that a step waited for its batch.
        public let stallSecondsPerStep: Double
    }

    /// Times batches of a data set, first alone, then with a step for each.
    ///
    /// - Parameters:
    ///   - loader: makes the batches; those of another size, at the end of an epoch, are passed over.
    ///   - steps: how many to time, at least 1.
    ///   - warmUp: steps to run before; 3 by default.
    /// - Throws: ``TrainingError/imageShape(model:data:)`` or ``TrainingError/badSetting(name:value:allowed:)`` if the
    ///   batches are not what the network was prepared for, `BatchLoaderError`.
    public func measure(_ loader: BatchLoader, steps: Int, warmUp: Int = 3) throws -> DataFigures {
        let shape = loader.dataset.imageShape.dimensions
        guard shape == imageShape else {
            throw TrainingError.imageShape(model: ["N"] + imageShape.map(String.init), data: shape)
        }
        let allowed =
            loader.batchSize != batch
            ? "\(batch), which the network was prepared for"
            : "at most \(loader.dataset.count), all images that there are"
        guard loader.batchSize == batch, loader.dataset.count >= batch else {
            throw TrainingError.badSetting(name: "batch size", value: "\(loader.batchSize)", allowed: allowed)
        }
        let count = max(0, warmUp) + max(1, steps)
        let alone = try time(loader, steps: count) { _ in }.dropFirst(count - max(1, steps))
        var addresses: [UnsafeRawPointer] = []
        let fed = try time(loader, steps: count) { batch in
            batch.list(in: &addresses, withLabels: self.isTraining)
            _ = try self.step(addresses)
        }.dropFirst(count - max(1, steps))
        return DataFigures(
            secondsPerBatch: Self.median(alone.map(\.seconds)), secondsPerStep: Self.median(fed.map(\.seconds)),
            stallSecondsPerStep: fed.reduce(0) { $0 + $1.stall } / Double(fed.count))
    }

    private func time(
        _ loader: BatchLoader, steps: Int, _ body: (Batch) throws -> Void
    ) throws -> [(seconds: Double, stall: Double)] {
        let clock = ContinuousClock()
        var figures: [(seconds: Double, stall: Double)] = []
        figures.reserveCapacity(steps)
        var epoch = 0
        try loader.start(epoch: epoch)
        var start = clock.now
        while figures.count < steps {
            guard let batch = loader.next() else {
                epoch += 1
                try loader.start(epoch: epoch)
                start = clock.now
                continue
            }
            guard batch.count == self.batch else { continue }
            try body(batch)
            let now = clock.now
            figures.append(((now - start) / .seconds(1), batch.secondsWaited))
            start = now
        }
        return figures
    }

    /// The middle of some numbers, the mean of both where there are two.
    public static func median(_ numbers: some Collection<Double>) -> Double {
        let sorted = numbers.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
