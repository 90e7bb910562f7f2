import Graphs

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

        /// Name, operator and reason in one line.
        public var description: String { "'\(name)' (\(operation)): \(reason)" }
    }

    /// Nodes that cannot be imported: all of them.
    case unsupported([UnsupportedNode])
    /// The operators' version is out of range.
    case opset(Int)
    /// Not one input of images and at least one output.
    case interface(inputs: [String], outputs: [String])
    /// The input holds other elements than floating-point numbers.
    case inputType(name: String, type: String)
    /// An output that nothing computes.
    case missingOutput(String)
    /// The input leaves the batch size open, but the nodes work for one size and not for another, for a reason.
    case batchSize(Int, not: Int, reason: String)
    /// The batch size cannot be changed safely, because of a node or of the model as a whole.
    case batchStays(node: String?, reason: String)

    /// What is wrong, and what would be right.
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
        case .inputType(let name, let type):
            "the model's input '\(name)' holds \(type) elements; images are floating-point numbers"
        case .missingOutput(let name): "the model's output '\(name)' is computed by no node"
        case .batchSize(let size, let other, let reason):
            "the model's input leaves the batch size open, but its nodes do not: they work for a batch of \(size), and "
                + "not for one of \(other). The exporter has written a size that it saw into them; give the model another "
                + "one with --batch, or export it with a batch size that may vary.\n  \(reason)"
        case .batchStays(let node, let reason):
            "the model's batch size cannot be changed"
                + (node.map { ": node '\($0)': \(reason)" } ?? ": \(reason)")
                + "; export the model with a batch size that may vary"
        }
    }
}

extension ImportError {
    /// What is wrong with one node of a graph; `nil` for what concerns no single node.
    init?(_ error: GraphError) {
        switch error {
        case .badOperands(let node, let operation, let reason):
            self = .unsupported([UnsupportedNode(name: node, operation: operation, reason: reason)])
        case .integersDependOnData(let node, let operation):
            let reason = "it computes integers from data; only integers that follow from shapes are known"
            self = .unsupported([UnsupportedNode(name: node, operation: operation, reason: reason)])
        case .outOfProportion(let node, let operation, let reason):
            self = .unsupported([UnsupportedNode(name: node, operation: operation, reason: "it \(reason)")])
        default: return nil
        }
    }
}
