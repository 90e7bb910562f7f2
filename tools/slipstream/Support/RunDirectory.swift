import Foundation
import Slipstream

/// The folder that a run writes to. Every file in it appears whole or not at all.
struct RunDirectory {
    private let path: String
    private let model: ImportedModel
    private let record: RunRecord

    /// Where a run's checkpoint is.
    static func checkpoint(in directory: String) -> String { "\(directory)/checkpoint.safetensors" }

    /// Makes the folder, or takes over the run that it holds.
    ///
    /// - Throws: ``TrainingError/directoryInUse(directory:)`` if it holds a run and neither `resume` nor `overwrite` is
    ///   set, ``TrainingError/noCheckpoint(directory:)`` if there is no such folder to resume in.
    init(_ path: String, model: ImportedModel, record: RunRecord, resume: Bool, overwrite: Bool) throws {
        self.path = path
        self.model = model
        self.record = record
        let files = FileManager.default
        if resume {
            guard files.fileExists(atPath: path) else { throw TrainingError.noCheckpoint(directory: path) }
            return
        }
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
            throw FileError("make the folder", path, code: ENOTDIR)
        }
        let holdsRun = Self.files.contains { files.fileExists(atPath: "\(path)/\($0)") }
        guard !holdsRun || overwrite else { throw TrainingError.directoryInUse(directory: path) }
        do { try files.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw FileError("make the folder", path, code: Self.code(of: error))
        }
        for file in Self.files where holdsRun { try? files.removeItem(atPath: "\(path)/\(file)") }
    }

    private static let files = [
        "checkpoint.safetensors", "run.json", "metrics.jsonl", "model.onnx", "accelerated.onnx", "report.html",
    ]

    private static func code(of error: any Error) -> Int32 {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return underlying.map { Int32($0.code) } ?? EIO
    }

    /// Writes what is known before the first step.
    func begin(_ state: TrainingState) throws { try writeText(JSONText.pretty(record) + "\n", "run.json") }

    /// Writes what an epoch brought: metrics, report, and the networks if they are the best so far.
    func record(_ state: TrainingState) throws {
        try AtomicFile.write(MetricsLog.encode(state.history), to: "\(path)/metrics.jsonl")
        try writeText(HTMLReport(description: record.description, metrics: state.history).html(), "report.html")
        if state.best.epoch == state.epoch { try writeModels(state) }
        if state.bestAccelerated?.epoch == state.epoch { try writeModels(state) }
    }

    /// Writes everything once more: what a run that was killed may not have got to.
    func finish(_ state: TrainingState) throws {
        try record(state)
        try writeModels(state)
    }

    private func writeModels(_ state: TrainingState) throws {
        if state.best.epoch > 0 { try model.write(state.best.parameters, to: "\(path)/model.onnx") }
        if let best = state.bestAccelerated, best.epoch > 0 {
            try model.write(best.parameters, to: "\(path)/accelerated.onnx")
        }
    }

    private func writeText(_ text: String, _ name: String) throws {
        try AtomicFile.write(Data(text.utf8), to: "\(path)/\(name)")
    }
}
