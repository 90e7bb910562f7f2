import Graphs

/// `MaxPool`, `AveragePool`, `GlobalAveragePool`, `GlobalMaxPool`. Those of one dimension become images of one row, those of
/// three are two poolings, one after the other: along the depth, and of each plane.
enum PoolingBridge: OperatorBridge {
    static let opTypes = ["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        if node.node.opType.hasPrefix("Global") { return global(node) }
        guard let kernel = try node.integers("kernel_shape") else {
            throw OperandError("attribute 'kernel_shape' is missing")
        }
        let windows = try node.windows(kernel: kernel, ceilMode: node.flag("ceil_mode"))
        let isLine = kernel.count == 1
        if node.node.opType == "MaxPool" {
            let isColumnMajor = try node.flag("storage_order")
            guard let depth = windows.depth else {
                if node.usedOutputs > 1 { return try places(&node, windows.image, isColumnMajor, isLine) }
                return node.applying(MaxPool(window: windows.image), onLines: isLine)
            }
            return try volume(node, MaxPool(window: depth), MaxPool(window: windows.image))
        }
        let countsPadding = try node.flag("count_include_pad")
        let image = AveragePool(window: windows.image, countsPadding: countsPadding)
        guard let depth = windows.depth else { return node.applying(image, onLines: isLine) }
        // How many elements a window covers is a product, so averages of averages are those of all.
        return try volume(node, AveragePool(window: depth, countsPadding: countsPadding), image)
    }

    private static func volume(
        _ node: NodeReader, _ depth: any Operator, _ image: any Operator
    ) throws -> NodeReading {
        guard node.operands.count == 1, let x = node.operands[0] else {
            throw OperandError("takes 1 operand, but was given \(node.operands.count)")
        }
        try node.requireVolume()
        return .operations { builder in
            let deep = try builder.alongDepth(x) { try $0.apply(depth, $1) }
            return [try builder.onPlanesOfChannels(deep) { try $0.apply(image, $1) }]
        }
    }

    /// The pooling, and where the largest elements are.
    private static func places(
        _ node: inout NodeReader, _ window: Window, _ isColumnMajor: Bool, _ isLine: Bool
    ) throws -> NodeReading {
        guard node.operands.count == 1, let x = node.operands[0] else {
            throw OperandError("takes 1 operand, but was given \(node.operands.count)")
        }
        let operations: [any Operator] = [
            MaxPool(window: window), MaxPoolPlaces(window: window, isColumnMajor: isColumnMajor),
        ]
        return .operations { builder in
            let image = isLine ? try builder.apply(Unsqueeze(axes: [2]), x) : x
            return try operations.map { operation in
                let result = try builder.apply(operation, image)
                return isLine ? try builder.apply(Squeeze(axes: [2]), result) : result
            }
        }
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
