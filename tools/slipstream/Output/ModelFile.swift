import Slipstream

/// Reading of models, with what every command says about them.
enum ModelFile {
    /// Reads a file, without importing its network.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - batch: another batch size than the file's; `nil` leaves it.
    ///   - permitsMissingData: whether a model whose external data cannot be used is described all the same.
    /// - Throws: ``ModelFileError``, which names the file.
    static func open(
        _ path: String, batch: Dimension? = nil, permitsMissingData: Bool = false
    ) throws -> ONNXModel {
        do {
            let model = try ONNXModel(path: path, permitsMissingData: permitsMissingData)
            return try batch.map { try model.settingBatch(to: $0) } ?? model
        } catch { throw ModelFileError(path: path, cause: error) }
    }

    /// Reads a model from a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - batch: another batch size than the file's; `nil` leaves it.
    ///   - freezesStatistics: whether batch normalisation's running statistics are not to be trained.
    ///   - showsRemarks: whether to say on standard error what a user should know of it before training.
    /// - Throws: ``ModelFileError``, which names the file.
    static func read(
        _ path: String, batch: Dimension? = nil, freezesStatistics: Bool = false, showsRemarks: Bool = false
    ) throws -> ImportedModel {
        let file = try open(path, batch: batch)
        let model: ImportedModel
        do { model = try ImportedModel(file, freezesStatistics: freezesStatistics) } catch {
            throw ModelFileError(path: path, cause: error)
        }
        if showsRemarks { for remark in remarks(on: model) { Terminal.complain("note: \(remark)") } }
        return model
    }

    /// What a user should know of a model: its own remarks, what its loss is taken of, and libonnx's verdict unless it is
    /// good.
    static func remarks(on model: ImportedModel) -> [String] {
        let output = try? ClassifierOutput(of: model)
        return model.remarks + [output?.remark, model.checkerRemark()].compactMap { $0 }
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

extension ClassifierOutput {
    /// Where a model has its logits; `nil` while the size of its images is open.
    init?(of model: ImportedModel) throws {
        let network = try model.network()
        let shape = network.imageShape.compactMap { $0 }
        guard shape.count == 3 else { return nil }
        try self.init(of: network.graph, imageShape: shape)
    }
}
