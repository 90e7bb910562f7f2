import Graphs

/// `BatchNormalization`, in inference and training form; both are read as one operator that knows both.
enum NormalizationBridge: OperatorBridge {
    static let opTypes = ["BatchNormalization"]

    static func read(_ node: NodeReader) throws -> NodeReading {
        guard try node.integer("spatial", default: 1) == 1 else {
            throw OperandError("statistics for each pixel (spatial = 0) are not supported")
        }
        // Statistics that are computed, constant or shared with another node cannot follow this node's batches.
        let tracksStatistics = [3, 4].allSatisfy { index in
            if index < node.values.count, case .parameter(.statistic)? = node.values[index]?.role {
                true
            } else {
                false
            }
        }
        let operation = BatchNormalization(
            epsilon: try node.number("epsilon", default: 1e-5), momentum: try node.number("momentum", default: 0.9),
            freezesStatistics: !tracksStatistics)
        return .operation(operation, inputs: node.inputs(5))
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        guard let norm = operation as? BatchNormalization, norm.activation == .identity else { return nil }
        return NodeForm("BatchNormalization", [("epsilon", .float(norm.epsilon)), ("momentum", .float(norm.momentum))])
    }
}
