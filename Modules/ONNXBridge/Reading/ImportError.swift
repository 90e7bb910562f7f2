/// A model whose structure cannot be imported.
public enum ImportError: Error, Equatable, CustomStringConvertible {
    /// A node, and why it cannot be imported.
    public struct UnsupportedNode: Sendable, Hashable, CustomStringConvertible {
        /// The node's name, or its operator and first output.
        public let name: String
        /// Its operator, with the domain where it is not the standard one.
        public let operation: String
        /// Why.
        public let reason: String

        public var description: String { "'\(name)' (\(operation)): \(reason)" }
    }

    /// Nodes that cannot be imported: all of them.
    case unsupported([UnsupportedNode])
    /// The operators' version is out of range.
    case opset(Int)
    /// Not one input of images and at least one output.
    case interface(inputs: [String], outputs: [String])
    /// An output that nothing computes.
    case missingOutput(String)

    public var description: String {
        switch self {
        case .unsupported(let nodes):
            "\(nodes.count) node\(nodes.count == 1 ? "" : "s") of the model cannot be imported:\n"
                + nodes.map { "  \($0)" }.joined(separator: "\n")
        case .opset(let version):
            "the model uses opset \(version); opsets \(ImportedModel.opsets.lowerBound) to "
                + "\(ImportedModel.opsets.upperBound) are read"
        case .interface(let inputs, let outputs):
            "a network takes one input and gives at least one output, but this model has the inputs "
                + "[\(inputs.joined(separator: ", "))] and the outputs [\(outputs.joined(separator: ", "))]"
        case .missingOutput(let name): "the model's output '\(name)' is computed by no node"
        }
    }
}
