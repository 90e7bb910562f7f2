import Buffers
import Foundation
import Optimizers
import Tensors

/// A run's state in a `.safetensors` file: from it, training goes on to the same bits as if it had never stopped.
///
/// The network's parameters stand under their own names, so that other tools can read them; everything else has names
/// that begin with `slipstream/`.
enum Checkpoint {
    private static let prefix = "slipstream/"
    private static let bestName = "\(prefix)best"
    private static let bestAcceleratedName = "\(prefix)best-accelerated"

    /// What a checkpoint holds besides vectors.
    private struct Record: Codable {
        var epoch: Int
        var batch: Int
        var repetition: Int
        var step: Int
        var sums: EpochSums
        var history: [EpochMetrics]
        var best: Evaluation?
        var bestEpoch: Int
        var bestAccelerated: Evaluation?
        var bestAcceleratedEpoch: Int
        var fingerprint: [String: String]

        /// Whether a run over so many images, with a rule that tells so many numbers, could be there.
        func isPossible(images: Int, batchSize: Int, persistency: Int, reported: Int) -> Bool {
            let batches = images / batchSize + (images % batchSize == 0 ? 0 : 1)
            let epochs = history.count
            guard 0...batches ~= batch, 0..<persistency ~= repetition, batch < batches || repetition == 0 else {
                return false
            }
            // A batch counts from its first step on.
            let measured = batch + (repetition > 0 ? 1 : 0)
            let steps = batch * persistency + repetition
            return epoch == epochs && history.enumerated().allSatisfy { $0.offset + 1 == $0.element.epoch }
                && step == epoch * batches * persistency + steps
                && sums.images == (measured == batches ? images : measured * batchSize)
                && 0...sums.images ~= sums.correct
                && sums.steps == steps && sums.reported.count == reported
                && 0...epochs ~= bestEpoch && 0...epochs ~= bestAcceleratedEpoch
        }
    }

    /// Writes a run's state.
    ///
    /// - Parameters:
    ///   - state: the state, between two steps.
    ///   - fingerprint: what a run that goes on from it must agree on.
    ///   - path: the file to make or to replace.
    /// - Throws: `FileError` if the system refuses; a file that was there stays.
    static func write(_ state: TrainingState, fingerprint: [String: String], to path: String) throws {
        let record = Record(
            epoch: state.epoch, batch: state.batch, repetition: state.repetition, step: state.step, sums: state.sums,
            history: state.history,
            best: state.best.evaluation, bestEpoch: state.best.epoch,
            bestAccelerated: state.bestAccelerated?.evaluation,
            bestAcceleratedEpoch: state.bestAccelerated?.epoch ?? 0, fingerprint: fingerprint)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // A validation loss may be infinite while every weight is finite; JSON has no number for it.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        let text = String(decoding: try encoder.encode(record), as: UTF8.self)
        try withExtendedLifetime(state) {
            var draft = CheckpointFile.Draft()
            for segment in state.parameters.layout.segments {
                draft.add(segment.name, shape: segment.shape, UnsafeBufferPointer(state.parameters[segment]))
            }
            draft.add(bestName, state.best.parameters.elements)
            if let best = state.bestAccelerated { draft.add(bestAcceleratedName, best.parameters.elements) }
            try add(state.optimizer, as: "optimizer", to: &draft)
            if let acceleration = state.acceleration { try add(acceleration, as: "acceleration", to: &draft) }
            try draft.write(text: text, to: path)
        }
    }

    /// Takes over a saved state, or changes nothing.
    ///
    /// - Parameters:
    ///   - state: a state of the same network and settings.
    ///   - settings: the run's settings.
    ///   - images: how many images an epoch has.
    ///   - fingerprint: what the saved run must agree on.
    ///   - path: the file.
    /// - Throws: ``TrainingError/differentRun(differences:)`` for a checkpoint of another run,
    ///   ``TrainingError/badCheckpoint(path:reason:)`` if it is damaged; `FileError` or `FormatError` if it cannot be read,
    ///   `AllocationError` if it does not fit memory.
    static func read(
        into state: TrainingState, settings: TrainingSettings, images: Int, fingerprint: [String: String],
        from path: String
    ) throws {
        func bad(_ reason: String) -> TrainingError { .badCheckpoint(path: path, reason: reason) }
        let file = try CheckpointFile(contentsOf: path)
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        let record: Record
        do { record = try decoder.decode(Record.self, from: Data(file.text.utf8)) } catch {
            throw bad("its state cannot be read (\(error))")
        }
        try compare(record.fingerprint, fingerprint)
        guard
            record.isPossible(
                images: images, batchSize: settings.batchSize, persistency: settings.persistency,
                reported: state.reportedNames.count)
        else {
            throw bad("its position is impossible")
        }
        func vector(_ name: String, shape: [Int]) throws -> AlignedBuffer<Float> {
            guard let found = file.vectors[name], found.shape == shape else {
                throw bad("it lacks '\(name)' of the shape \(Shape.describe(shape))")
            }
            return found.elements
        }
        let layout = state.parameters.layout
        let segments = try layout.segments.map { ($0, try vector($0.name, shape: $0.shape)) }
        let best = try vector(bestName, shape: [layout.count])
        let bestAccelerated = try state.bestAccelerated.map { _ in
            try vector(bestAcceleratedName, shape: [layout.count])
        }
        let optimizer = try settings.optimizer.makeState(for: layout, as: Float.self)
        try restore(optimizer, "optimizer", from: file, path: path)
        // The last thing that can fail; it changes nothing if it does. Everything after it is assignment.
        if let acceleration = state.acceleration {
            try restore(acceleration, "acceleration", from: file, path: path)
        }
        for (segment, values) in segments { _ = state.parameters[segment].update(fromContentsOf: values.elements) }
        state.optimizer = optimizer
        state.best.take(best, record.best, epoch: record.bestEpoch)
        if let bestAccelerated {
            state.bestAccelerated?.take(bestAccelerated, record.bestAccelerated, epoch: record.bestAcceleratedEpoch)
        }
        (state.epoch, state.batch, state.repetition, state.step) = (
            record.epoch, record.batch, record.repetition, record.step
        )
        (state.sums, state.history) = (record.sums, record.history)
    }

    private static func compare(_ saved: [String: String], _ asked: [String: String]) throws(TrainingError) {
        let names = Set(saved.keys).union(asked.keys).sorted()
        let differences = names.filter { saved[$0] != asked[$0] }.map {
            "\($0) was \(saved[$0] ?? "not set"), now it is \(asked[$0] ?? "not set")"
        }
        if !differences.isEmpty { throw .differentRun(differences: differences) }
    }

    private static func add<State: SerializableState<Float>>(
        _ state: State, as owner: String, to draft: inout CheckpointFile.Draft
    ) throws {
        try state.capture()
        for (name, elements) in state.vectors { draft.add("\(prefix)\(owner)/vector/\(name)", elements) }
        for (name, values) in state.numbers { try draft.add("\(prefix)\(owner)/number/\(name)", values) }
    }

    private static func restore<State: SerializableState<Float>>(
        _ state: State, _ owner: String, from file: CheckpointFile, path: String
    ) throws {
        let vectors = file.vectors.mapValues(\.elements).named(after: "\(prefix)\(owner)/vector/")
        let numbers = file.numbers.named(after: "\(prefix)\(owner)/number/")
        do {
            try withExtendedLifetime(vectors) {
                try state.restore(vectors: vectors.mapValues(\.elements), numbers: numbers)
            }
        } catch {
            throw TrainingError.badCheckpoint(path: path, reason: "\(owner): \(error)")
        }
    }
}

extension Dictionary where Key == String {
    /// The entries whose names begin with a prefix, by what follows it.
    fileprivate func named(after prefix: String) -> [String: Value] {
        var part: [String: Value] = [:]
        for (name, value) in self where name.hasPrefix(prefix) { part[String(name.dropFirst(prefix.count))] = value }
        return part
    }
}
