import Buffers
import Foundation
import Optimizers
import Tensors

/// A run's state in a `.safetensors` file: from it, training goes on to the same bits as if it had never stopped.
///
/// The network's parameters stand under their own names, so that other tools can read them; everything else has names
/// that begin with `slipstream/`. The file is written whole or not at all.
public enum Checkpoint {
    /// The version of the file's structure.
    static let version = "1"
    private static let prefix = "slipstream/"

    /// What a checkpoint holds besides vectors.
    private struct Record: Codable {
        var epoch: Int
        var batch: Int
        var step: Int
        var sums: EpochSums
        var history: [EpochMetrics]
        var best: Evaluation?
        var bestEpoch: Int
        var bestAccelerated: Evaluation?
        var bestAcceleratedEpoch: Int
        var settings: [String: String]
    }

    /// Writes a run's state.
    ///
    /// - Throws: `FileError` if the system refuses; a file that was there stays.
    static func write(_ state: TrainingState, settings: [String: String], to path: String) throws {
        let record = Record(
            epoch: state.epoch, batch: state.batch, step: state.step, sums: state.sums, history: state.history,
            best: state.best.evaluation, bestEpoch: state.best.epoch,
            bestAccelerated: state.bestAccelerated?.evaluation,
            bestAcceleratedEpoch: state.bestAccelerated?.epoch ?? 0, settings: settings)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(record), as: UTF8.self)
        var tensors = state.parameters.layout.segments.map {
            Safetensors.Source($0.name, shape: $0.shape, UnsafeBufferPointer(state.parameters[$0]))
        }
        tensors.append(Safetensors.Source("\(prefix)best", state.best.parameters))
        if let best = state.bestAccelerated {
            tensors.append(Safetensors.Source("\(prefix)best-accelerated", best.parameters))
        }
        tensors += try sources(of: state.optimizer, "optimizer")
        if let acceleration = state.acceleration { tensors += try sources(of: acceleration, "acceleration") }
        try Safetensors.write(
            tensors, metadata: ["format": "slipstream-checkpoint", "version": version, "state": text], to: path)
    }

    /// Takes a saved state over into a fresh one of the same network and settings.
    ///
    /// - Throws: ``TrainingError/differentRun(differences:)`` if it was made with other settings,
    ///   ``TrainingError/badCheckpoint(path:reason:)`` if it is damaged or belongs to another network; `FileError` or
    ///   `FormatError` if it cannot be read.
    static func read(into state: TrainingState, settings: [String: String], from path: String) throws {
        let file = try Safetensors(contentsOf: path)
        guard file.metadata["format"] == "slipstream-checkpoint", let text = file.metadata["state"] else {
            throw TrainingError.badCheckpoint(path: path, reason: "it was not written by slipstream train")
        }
        guard file.metadata["version"] == version else {
            throw TrainingError.badCheckpoint(
                path: path, reason: "its version is \(file.metadata["version"] ?? "missing"), not \(version)")
        }
        let record: Record
        do { record = try JSONDecoder().decode(Record.self, from: Data(text.utf8)) } catch {
            throw TrainingError.badCheckpoint(path: path, reason: "its state cannot be read (\(error))")
        }
        try compare(record.settings, settings)
        guard record.epoch >= 0, record.batch >= 0, record.step >= 0, record.history.count == record.epoch else {
            throw TrainingError.badCheckpoint(path: path, reason: "its position is impossible")
        }
        for segment in state.parameters.layout.segments {
            guard file[segment.name]?.shape == segment.shape else {
                throw TrainingError.badCheckpoint(
                    path: path, reason: "it lacks '\(segment.name)' of the shape \(Shape.describe(segment.shape))")
            }
            try file.read(segment.name, into: state.parameters[segment])
        }
        try file.read("\(prefix)best", into: state.best.parameters.mutableElements)
        state.best.evaluation = record.best
        state.best.epoch = record.bestEpoch
        if let best = state.bestAccelerated {
            try file.read("\(prefix)best-accelerated", into: best.parameters.mutableElements)
            state.bestAccelerated?.evaluation = record.bestAccelerated
            state.bestAccelerated?.epoch = record.bestAcceleratedEpoch
        }
        try restore(state.optimizer, "optimizer", from: file, path: path)
        if let acceleration = state.acceleration {
            try restore(acceleration, "acceleration", from: file, path: path)
        }
        (state.epoch, state.batch, state.step) = (record.epoch, record.batch, record.step)
        (state.sums, state.history) = (record.sums, record.history)
    }

    private static func compare(_ saved: [String: String], _ asked: [String: String]) throws(TrainingError) {
        let names = Set(saved.keys).union(asked.keys).sorted()
        let differences = names.filter { saved[$0] != asked[$0] }.map {
            "\($0) was \(saved[$0] ?? "not set"), now it is \(asked[$0] ?? "not set")"
        }
        if !differences.isEmpty { throw .differentRun(differences: differences) }
    }

    private static func sources<State: SerializableState>(
        of state: State, _ owner: String
    ) throws -> [Safetensors.Source] where State.Element == Float {
        let vectors = state.vectors.map { Safetensors.Source("\(prefix)\(owner)/vector/\($0.name)", $0.elements) }
        let numbers = try state.numbers.map {
            Safetensors.Source(
                "\(prefix)\(owner)/number/\($0.name)", try Tensor(shape: [$0.values.count], elements: $0.values))
        }
        return vectors + numbers
    }

    private static func restore<State: SerializableState>(
        _ state: State, _ owner: String, from file: Safetensors, path: String
    ) throws where State.Element == Float {
        var buffers: [String: AlignedBuffer<Float>] = [:]
        var numbers: [String: [Double]] = [:]
        for entry in file.entries {
            if let name = entry.name.removing(prefix: "\(prefix)\(owner)/vector/") {
                buffers[name] = try file.buffer(entry.name)
            } else if let name = entry.name.removing(prefix: "\(prefix)\(owner)/number/") {
                let tensor: Tensor<Double> = try file.tensor(entry.name)
                numbers[name] = tensor.elements
            }
        }
        do {
            try withExtendedLifetime(buffers) {
                try state.restore(vectors: buffers.mapValues(\.elements), numbers: numbers)
            }
        } catch {
            throw TrainingError.badCheckpoint(path: path, reason: "\(owner): \(error)")
        }
    }
}

extension String {
    fileprivate func removing(prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
