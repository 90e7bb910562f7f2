import Graphs
import Tensors

/// `BatchNormalization`, in inference and training form; both are read as one operator that knows both.
enum NormalizationBridge: OperatorBridge {
    static let opTypes = ["BatchNormalization"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        if node.opset < 9, try node.integer("spatial", default: 1) != 1 {
            throw OperandError("statistics for each pixel (spatial = 0) are not supported")
        }
        // Which form runs is the program's mode, not the file's, unless the file wants to know the new statistics.
        let isTraining = node.opset >= 14 ? try node.flag("training_mode") : false
        if isTraining, node.usedOutputs > 1 { return try training(&node) }
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

    /// The training form of a file that reads the running statistics which it gives, step by step: ONNX's definition, with
    /// the population's variance.
    private static func training(_ node: inout NodeReader) throws -> NodeReading {
        let epsilon = try node.number("epsilon", default: 1e-5)
        let momentum = try node.number("momentum", default: 0.9)
        guard node.operands.count == 5, !node.operands.contains(nil) else {
            throw OperandError("takes 5 operands, but was given \(node.operands.count)")
        }
        let operands = node.operands
        return .operations { builder in
            let (x, perChannel) = (operands[0], Unsqueeze(axes: [0, 2]))
            let mean = ReduceMean(axes: [0, 2], keepsDimensions: false)
            let flat = try builder.apply(Reshape(), x, builder.constant(.integers([0, 0, -1])))
            let center = try builder.apply(mean, flat)
            let rest = try builder.apply(Sub(), flat, try builder.apply(perChannel, center))
            let variance = try builder.apply(mean, try builder.apply(Mul(), rest, rest))
            let offset = builder.constant(.real(try Tensor(shape: [], elements: [Float(epsilon)])))
            let deviation = try builder.apply(Sqrt(), try builder.apply(Add(), variance, offset))
            let factor = try builder.apply(Div(), operands[1], deviation)
            let product = try builder.apply(Mul(), rest, try builder.apply(perChannel, factor))
            let sum = try builder.apply(Add(), product, try builder.apply(perChannel, operands[2]))
            var results = [try builder.apply(Reshape(), sum, try builder.apply(ShapeOf(), x))]
            for (old, new) in [(operands[3], center), (operands[4], variance)] {
                let kept = try builder.apply(Scale(factor: momentum), old)
                results.append(try builder.apply(Add(), kept, try builder.apply(Scale(factor: 1 - momentum), new)))
            }
            return results
        }
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        guard let norm = operation as? BatchNormalization, norm.activation == .identity else { return nil }
        return NodeForm("BatchNormalization", [("epsilon", .float(norm.epsilon)), ("momentum", .float(norm.momentum))])
    }
}

extension Value {
    fileprivate var isStatistic: Bool { if case .parameter(.statistic) = role { true } else { false } }
}
