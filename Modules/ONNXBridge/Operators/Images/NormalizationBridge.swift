import Graphs

/// `BatchNormalization`, in inference and training form; both are read as one operator that knows both.
enum NormalizationBridge: OperatorBridge {
    static let opTypes = ["BatchNormalization"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        if node.opset < 9, try node.integer("spatial", default: 1) != 1 {
            throw OperandError("statistics for each pixel (spatial = 0) are not supported")
        }
        // Which form runs is the program's mode, not the file's.
        if node.opset >= 14 { node.ignore("training_mode") }
        // Statistics that are computed, constant or shared with another node cannot follow this node's batches.
        let tracksStatistics = node.values.count == 5 && node.values[3...].allSatisfy { $0?.isStatistic ?? false }
        let momentum = try node.number("momentum", default: 0.9)
        guard (0...1).contains(momentum) else {
            throw OperandError("attribute 'momentum' must be from 0 to 1, but is \(momentum)")
        }
        let operation = BatchNormalization(
            epsilon: try node.number("epsilon", default: 1e-5), momentum: momentum,
            freezesStatistics: !tracksStatistics)
        return .operation(operation, inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        guard let norm = operation as? BatchNormalization, norm.activation == .identity else { return nil }
        return NodeForm("BatchNormalization", [("epsilon", .float(norm.epsilon)), ("momentum", .float(norm.momentum))])
    }
}

extension Value {
    fileprivate var isStatistic: Bool { if case .parameter(.statistic) = role { true } else { false } }
}
