import Graphs

/// `MaxPool`, `AveragePool`, `GlobalAveragePool`.
enum PoolingBridge: OperatorBridge {
    static let opTypes = ["MaxPool", "AveragePool", "GlobalAveragePool"]

    static func read(_ node: NodeReader) throws -> NodeReading {
        if node.node.opType == "GlobalAveragePool" {
            return .operation(GlobalAveragePool(), inputs: node.inputs(1))
        }
        guard let kernel = try node.integers("kernel_shape") else {
            throw OperandError("attribute 'kernel_shape' is missing")
        }
        let window = try node.window(kernel: kernel, ceilMode: node.flag("ceil_mode"))
        if node.node.opType == "MaxPool" { return .operation(MaxPool(window: window), inputs: node.inputs(1)) }
        let countsPadding = try node.flag("count_include_pad")
        return .operation(AveragePool(window: window, countsPadding: countsPadding), inputs: node.inputs(1))
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        switch operation {
        case let pool as MaxPool: NodeForm("MaxPool", pool.window.attributes(ceilMode: true))
        case let pool as AveragePool where pool.window.dilations == [1, 1]:
            // Dilated average pooling came with opset 19, which the checker of Debian 12 does not know.
            NodeForm(
                "AveragePool",
                pool.window.attributes(ceilMode: true, dilations: false)
                    + [("count_include_pad", .int(pool.countsPadding ? 1 : 0))])
        case is GlobalAveragePool: NodeForm("GlobalAveragePool")
        default: nil
        }
    }
}
