import Slipstream

/// Reading and writing of models, with what every command says about them.
enum ModelFile {
    /// Reads a model from a file and says on standard error what a user should know of it.
    static func read(_ path: String, remarks: Bool = false) throws -> ImportedModel {
        let model = try ImportedModel(path: path)
        if remarks {
            for remark in model.remarks + [model.checkerRemark()].compactMap({ $0 }) {
                Terminal.complain("note: \(remark)")
            }
        }
        return model
    }
}

extension ImportedModel {
    /// The model as a network.
    func network() throws -> Network { try Network(graph: graph, parameters: parameters) }
}
