import ArgumentParser
import Foundation
import Slipstream

/// The checkpoints that a command is given: what kind they are, and that they are no file twice.
struct CheckpointFiles {
    /// A format by the end of its files' names.
    enum Kind: String, CaseIterable {
        case safetensors, npz, onnx

        /// The kind of a file; `nil` for an unknown one.
        init?(path: String) {
            let name = path.lowercased()
            guard let kind = Self.allCases.first(where: { name.hasSuffix(".\($0.rawValue)") }) else { return nil }
            self = kind
        }

        func open(_ path: String) throws -> any TensorFile {
            switch self {
            case .safetensors: try SafetensorsFile(contentsOf: path)
            case .npz: try NPZFile(contentsOf: path)
            case .onnx: try ONNXTensorFile(contentsOf: path)
            }
        }
    }

    let paths: [String]
    let kind: Kind

    /// Looks at the names alone.
    ///
    /// - Throws: `ValidationError` for unknown or different kinds.
    init(_ paths: [String], output: String) throws {
        let known = Kind.allCases.map { ".\($0.rawValue)" }.listed
        var kinds: [Kind] = []
        for path in paths {
            guard let kind = Kind(path: path) else {
                throw ValidationError("'\(path)' is not named as a checkpoint that is read here: \(known)")
            }
            kinds.append(kind)
        }
        guard let kind = kinds.last, CheckpointSet.allowedCount ~= paths.count else {
            throw ValidationError(
                "\(CheckpointError.wrongCount(found: paths.count, allowed: CheckpointSet.allowedCount))")
        }
        if let other = kinds.firstIndex(where: { $0 != kind }) {
            throw ValidationError(
                "checkpoints must be of one kind, but '\(paths[other])' is .\(kinds[other].rawValue) and "
                    + "'\(paths[paths.count - 1])' is .\(kind.rawValue)")
        }
        if let wanted = Kind(path: output), wanted != kind {
            throw ValidationError(
                "--output is .\(wanted.rawValue), but must be .\(kind.rawValue) as the checkpoints are")
        }
        self.paths = paths
        self.kind = kind
    }

    /// Opens the files and checks that each is another one, and that neither the output nor a data file of its own is one
    /// of them or of their data files.
    func open(output: String) throws -> [any TensorFile] {
        let files = try paths.map { try kind.open($0) }
        var seen: [Identity: String] = [:]
        for path in paths {
            guard let identity = Identity(path) else { continue }
            if let first = seen.updateValue(path, forKey: identity) {
                throw CheckpointFileError(
                    first == path
                        ? "'\(path)' is given twice; each checkpoint counts once"
                        : "'\(first)' and '\(path)' are the same file; each checkpoint counts once")
            }
        }
        var read = seen.mapValues { "the checkpoint '\($0)'" }
        for (file, path) in zip(files, paths) {
            for other in file.otherPaths {
                guard let identity = Identity(other), read[identity] == nil else { continue }
                read[identity] = "'\(other)', which holds data of the checkpoint '\(path)'"
            }
        }
        for target in [output] + (files.last?.otherPaths(ofCopyAt: output) ?? []) {
            if let identity = Identity(target), let what = read[identity] {
                throw CheckpointFileError("--output would replace \(what); name another file")
            }
        }
        return files
    }

    /// What tells one file from another, whatever it is called.
    private struct Identity: Hashable {
        let device: dev_t
        let number: ino_t

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, number) = (status.st_dev, status.st_ino)
        }
    }
}

/// Checkpoints that are not what the command needs.
struct CheckpointFileError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
