import Graphs

/// `MaxPool`, `AveragePool`, `GlobalAveragePool`, `GlobalMaxPool`. Those of one dimension become images of one row.
enum PoolingBridge: OperatorBridge {
    static let opTypes = ["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        if node.node.opType.hasPrefix("Global") { return global(node) }
        guard let kernel = try node.integers("kernel_shape") else {
            throw OperandError("attribute 'kernel_shape' is missing")
        }
        let window = try node.window(kernel: kernel, ceilMode: node.flag("ceil_mode"))
        if node.node.opType == "MaxPool" {
            // It orders the indices of the second result, which is refused where it is used.
            node.ignore("storage_order")
            return node.applying(MaxPool(window: window), onLines: kernel.count == 1)
        }
        let countsPadding = try node.flag("count_include_pad")
        return node.applying(
            AveragePool(window: window, countsPadding: countsPadding), onLines: kernel.count == 1)
    }

    /// Where the operand's rank is not known while the file is read, it is an image.
    private static func global(_ node: NodeReader) -> NodeReading {
        let axes = Array(2..<max(3, node.shape(0)?.count ?? 4))
        if node.node.opType == "GlobalMaxPool" { return .operation(ReduceMax(axes: axes), inputs: node.operands) }
        return .operation(
            axes.count == 2 ? GlobalAveragePool() : ReduceMean(axes: axes), inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? {
        switch operation {
        case let pool as MaxPool:
            return NodeForm("MaxPool", attributes(pool.window) + [("dilations", .ints(pool.window.dilations))])
        case let pool as AveragePool:
            var list = attributes(pool.window) + [("count_include_pad", .int(pool.countsPadding ? 1 : 0))]
            if pool.window.dilations != [1, 1] {
                try node.require(19, for: "dilated average pooling")
                list.append(("dilations", .ints(pool.window.dilations)))
            }
            return NodeForm("AveragePool", list)
        case is GlobalAveragePool: return NodeForm("GlobalAveragePool")
        default: return nil
        }
    }

    private static func attributes(_ window: Window) -> [(String, AttributeForm)] {
        window.attributes + [("ceil_mode", .int(window.ceilMode ? 1 : 0))]
    }
}
