import Foundation
import Slipstream

/// The folder that a run writes to. Every file in it appears whole or not at all, and only one process at a time writes.
final class RunDirectory {
    /// What becomes of a run that the folder holds.
    enum Policy {
        /// It is an error.
        case refuse
        /// The run goes on.
        case resume
        /// It is replaced.
        case overwrite
    }

    static let plain = "model.onnx"
    static let accelerated = "accelerated.onnx"
    static let report = "report.html"
    private static let metrics = "metrics.jsonl"
    private static let settings = "run.json"
    private static let checkpoint = "checkpoint.safetensors"

    private let path: String
    private let model: ImportedModel
    private let record: RunRecord
    private let lock: FolderLock
    private let clock = ContinuousClock()
    private var reportWritten: ContinuousClock.Instant?

    /// Where the run's checkpoint is.
    static func checkpoint(in directory: String) -> String { file(checkpoint, in: directory) }

    /// Makes the folder, or takes over the run that it holds.
    ///
    /// - Throws: ``TrainingError/directoryInUse(directory:)`` if it holds a run and the policy is to refuse,
    ///   ``TrainingError/noCheckpoint(directory:)`` if there is no such folder to resume in, ``RunDirectoryError`` if
    ///   another process writes to it, if it holds files of a run's names but no run, or if overwriting would delete the
    ///   model that is to be trained, `FileError` if the system refuses.
    init(_ path: String, model: ImportedModel, record: RunRecord, policy: Policy) throws {
        self.path = path
        self.model = model
        self.record = record
        if policy == .resume {
            guard FileManager.default.fileExists(atPath: path) else {
                throw TrainingError.noCheckpoint(directory: path)
            }
        } else {
            try Self.make(path)
        }
        lock = try FolderLock(path)
        let names = try Self.names(in: path)
        // A run is written down before its first step: without that, files of these names are somebody's own.
        let old = names.filter(Self.isRunFile).sorted { $1 == Self.settings && $0 != $1 }
        if let foreign = old.first, !old.contains(Self.settings) {
            throw RunDirectoryError.foreign(file: foreign, directory: path)
        }
        if policy != .resume {
            guard old.isEmpty || policy == .overwrite else { throw TrainingError.directoryInUse(directory: path) }
            if let source = model.file.path, old.contains(where: { FilePath.isSame("\(path)/\($0)", source) }) {
                throw RunDirectoryError.holdsModel(model: source, directory: path)
            }
            // The settings last: whatever stays if this is interrupted belongs to a run still.
            for name in old { try Self.remove("\(path)/\(name)") }
        }
        // What a killed process was writing. Nobody else does: the folder is locked.
        for name in names where AtomicFile.target(ofTemporary: name).map(Self.isRunFile) == true {
            try Self.remove("\(path)/\(name)")
        }
    }

    /// A file's path.
    func file(_ name: String) -> String { Self.file(name, in: path) }

    private static func file(_ name: String, in directory: String) -> String {
        directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }

    /// Whether there is something to resume from.
    var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: Self.checkpoint(in: path)) }

    /// Writes what is known before the first step.
    func begin() throws { try write(JSONText.pretty(record) + "\n", Self.settings) }

    /// Writes what an epoch brought: metrics, report, and the networks that are the best so far.
    ///
    /// Epochs may be shorter than it takes to write a report: one that comes within a second of the last report is left to
    /// a later one, or to ``finish(_:)``.
    func record(_ state: TrainingState) throws {
        try writeMetrics(state)
        if reportWritten.map({ clock.now - $0 >= .seconds(1) }) ?? true { try writeReport(state) }
        if state.best.epoch == state.epoch { try write(state.best, Self.plain) }
        if let best = state.bestAccelerated, best.epoch == state.epoch { try write(best, Self.accelerated) }
    }

    /// Writes the report of a run that ends before it is finished.
    func pause(_ state: TrainingState) throws { if !state.history.isEmpty { try writeReport(state) } }

    /// Writes everything once more: what a run that was killed may not have got to.
    func finish(_ state: TrainingState) throws {
        try writeMetrics(state)
        try writeReport(state)
        try write(state.best, Self.plain)
        if let best = state.bestAccelerated { try write(best, Self.accelerated) }
    }

    private func writeMetrics(_ state: TrainingState) throws {
        try AtomicFile.write(MetricsLog.encode(state.history), to: file(Self.metrics))
    }

    private func writeReport(_ state: TrainingState) throws {
        try write(HTMLReport(description: record.description, metrics: state.history).html(), Self.report)
        reportWritten = clock.now
    }

    private func write(_ best: Best, _ name: String) throws {
        if best.evaluation != nil { try model.write(best.parameters, to: file(name)) }
    }

    private func write(_ text: String, _ name: String) throws {
        try AtomicFile.write(Data(text.utf8), to: file(name))
    }

    /// Whether a file of this name belongs to a run: one of those above, or external data of a network.
    private static func isRunFile(_ name: String) -> Bool {
        [checkpoint, settings, metrics, plain, accelerated, report].contains(name)
            || name.hasSuffix(".data") && (name.hasPrefix("\(plain).") || name.hasPrefix("\(accelerated)."))
    }

    /// Makes a folder, and those above it, where they are not there yet.
    static func make(_ path: String) throws(FileError) {
        guard mkdir(path, 0o777) != 0 else { return }
        var code = errno
        let parent = FilePath.folder(of: path)
        if code == ENOENT, !path.isEmpty, access(parent, F_OK) != 0 {
            try make(parent)
            code = mkdir(path, 0o777) == 0 ? 0 : errno
        }
        if code == EEXIST, FilePath.isFolder(path) { return }
        guard code == 0 else { throw FileError("make the folder", path, code: code) }
    }

    private static func names(in path: String) throws -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: path) } catch {
            let cause = (error as? CocoaError)?.underlying as? POSIXError
            throw FileError("read the folder", path, code: cause?.code.rawValue ?? EIO)
        }
    }

    private static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path, code: errno) }
    }
}

/// A folder that cannot be written to now.
enum RunDirectoryError: Error, CustomStringConvertible {
    /// Another process trains there.
    case busy(directory: String)
    /// A file of a name that a run would write, in a folder that holds no run.
    case foreign(file: String, directory: String)
    /// The model to train lies among the files that would be replaced.
    case holdsModel(model: String, directory: String)

    var description: String {
        switch self {
        case .busy(let directory): "another slipstream is writing to \(directory)"
        case .foreign(let file, let directory):
            "\(directory) holds \(file), which a run would replace, but no run (there is no run.json): give another --output"
        case .holdsModel(let model, let directory):
            "\(model) belongs to the run in \(directory), which would be replaced: give another --output"
        }
    }
}

/// Holds a folder for this process: until the last reference goes, or the process ends in whatever way.
private final class FolderLock {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open the folder", path, code: errno) }
        // Some network file systems know no locks; there, nothing is held.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            close(descriptor)
            throw RunDirectoryError.busy(directory: path)
        }
    }

    deinit { close(descriptor) }
}
