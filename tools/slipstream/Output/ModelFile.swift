import Slipstream

/// Reading of models, with what every command says about them.
enum ModelFile {
    /// Reads a model from a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - showsRemarks: whether to say on standard error what a user should know of it before training.
    /// - Throws: ``ModelFileError``, which names the file.
    static func read(_ path: String, showsRemarks: Bool = false) throws -> ImportedModel {
        let model: ImportedModel
        do { model = try ImportedModel(path: path) } catch { throw ModelFileError(path: path, cause: error) }
        if showsRemarks { for remark in remarks(on: model) { Terminal.complain("note: \(remark)") } }
        return model
    }

    /// What a user should know of a model: its own remarks, and libonnx's verdict unless it is good.
    static func remarks(on model: ImportedModel) -> [String] {
        model.remarks + [model.file.path.flatMap(verdict)].compactMap { $0 }
    }

    private static func verdict(onFileAt path: String) -> String? {
        let checker = "libonnx \(ONNXChecker.release)"
        switch ONNXChecker.check(path: path) {
        case .valid: return nil
        case .newer(let reason): return "only Slipstream's own checks were made: \(reason)"
        case .invalid(let reason): return "\(checker) finds fault with the file: \(firstLine(reason))"
        case .unreadable(let reason), .failed(let reason):
            return "\(checker) could not check the file: \(firstLine(reason))"
        }
    }

    private static func firstLine(_ text: String) -> String {
        text.split(separator: "\n").first.map(String.init) ?? "no reason given"
    }
}

/// A model file that cannot be used.
struct ModelFileError: Error, CustomStringConvertible {
    let path: String
    let cause: any Error

    var description: String {
        switch cause {
        case ONNXError.noSuchFile, ONNXError.unreadable: "\(cause)"
        default: "\(path): \(cause)"
        }
    }
}

extension ImportedModel {
    /// The model as a network.
    func network() throws -> Network { try Network(graph: graph, parameters: parameters) }
}
