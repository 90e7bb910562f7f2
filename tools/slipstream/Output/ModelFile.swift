import Slipstream

/// Reading of models, with what every command says about them.
enum ModelFile {
    /// Reads a file, without importing its network.
    ///
    /// - Throws: ``ModelFileError``, which names the file.
    static func open(_ path: String) throws -> ONNXModel {
        do { return try ONNXModel(path: path) } catch { throw ModelFileError(path: path, cause: error) }
    }

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
        model.remarks + [model.checkerRemark()].compactMap { $0 }
    }
}

/// A model file that cannot be used.
struct ModelFileError: Error, CustomStringConvertible {
    let path: String
    let cause: any Error

    var description: String {
        switch cause {
        case ONNXError.noSuchFile, ONNXError.unreadable, ONNXError.writeFailed: "\(cause)"
        default: "\(path): \(cause)"
        }
    }
}

extension ImportedModel {
    /// The model as a network.
    func network() throws -> Network { try Network(graph: graph, parameters: parameters) }
}
