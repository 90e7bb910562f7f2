import Graphs

/// `Conv`, `ConvTranspose`. Those of one dimension become images of one row; those of three are in `VolumeConvolutions`.
enum ConvolutionBridge: OperatorBridge {
    static let opTypes = ["Conv", "ConvTranspose"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let weights = node.shape(1)
        if let weights, !(3...5).contains(weights.count) {
            throw OperandError(
                "its weights have \(weights.count) dimensions; those of images of one to three dimensions have 3 to 5")
        }
        guard let kernel = try node.integers("kernel_shape") ?? weights.map({ Array($0[2...]) }) else {
            throw OperandError("its kernel_shape is not given, and its weights are not known before data is")
        }
        let windows = try node.windows(kernel: kernel)
        let groups = try node.integer("group", default: 1)
        if let depth = windows.depth {
            let volume = try VolumeConvolution(node, depth: depth, image: windows.image, groups: groups, weights)
            return node.node.opType == "Conv" ? volume.forward() : try volume.transposed(&node)
        }
        if node.node.opType == "Conv" {
            return node.applying(Convolution(window: windows.image, groups: groups), onLines: kernel.count == 1)
        }
        return try transpose(&node, windows.image, groups, kernel.count)
    }

    private static func transpose(
        _ node: inout NodeReader, _ window: Window, _ groups: Int, _ dimensions: Int
    ) throws -> NodeReading {
        let outputPadding = try node.pair("output_padding", default: 0, dimensions)
        // Older exporters give the batch and the channels, too.
        let size = try node.integers("output_shape").map { Array($0.suffix(dimensions)) }
        if let size, size.count != dimensions {
            throw OperandError("attribute 'output_shape' has \(size.count) numbers; \(dimensions) are needed")
        }
        let operation = ConvolutionTranspose(
            window: window, groups: groups, outputPadding: outputPadding,
            outputSize: size.map { dimensions == 1 ? [1] + $0 : $0 })
        guard (2...3).contains(node.operands.count), let x = node.operands[0], let w = node.operands[1] else {
            throw OperandError("takes 2 to 3 operands, but was given \(node.operands.count)")
        }
        let bias = node.operands.count == 3 ? node.operands[2] : nil
        if bias != nil, let shape = node.shape(2), let weights = node.shape(1), weights.count > 1 {
            let (channels, overflow) = weights[1].multipliedReportingOverflow(by: groups)
            guard !overflow, shape == [channels] else {
                throw OperandError("the bias has the shape \(shape), but there are \(channels) channels of results")
            }
        }
        return .operations { builder in
            let lifted = try dimensions == 1 ? [x, w].map { try builder.apply(Unsqueeze(axes: [2]), $0) } : [x, w]
            var y = try builder.apply(operation, lifted[0], lifted[1])
            if let bias {
                y = try builder.apply(Add(), y, try builder.apply(Unsqueeze(axes: [1, 2]), bias))
            }
            return [dimensions == 1 ? try builder.apply(Squeeze(axes: [2]), y) : y]
        }
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        switch operation {
        case let convolution as Convolution where convolution.activation == .identity:
            return NodeForm("Conv", attributes(convolution.window, convolution.groups))
        case let transpose as ConvolutionTranspose:
            let size: [(String, AttributeForm)] = transpose.outputSize.map { [("output_shape", .ints($0))] } ?? []
            return NodeForm(
                "ConvTranspose",
                attributes(transpose.window, transpose.groups) + [("output_padding", .ints(transpose.outputPadding))]
                    + size)
        default: return nil
        }
    }

    private static func attributes(_ window: Window, _ groups: Int) -> [(String, AttributeForm)] {
        window.attributes + [("dilations", .ints(window.dilations)), ("group", .int(groups))]
    }
}

extension NodeReader {
    /// An operator of images, applied to the node's operands or, if those are of one dimension, to images of one row.
    func applying(_ operation: any Operator, onLines isLine: Bool) -> NodeReading {
        guard isLine else { return .operation(operation, inputs: operands) }
        let operands = operands
        return .operations { builder in
            var lifted = operands
            // What stands behind the first two is a bias, which has one dimension in any case.
            for index in lifted.indices.prefix(2) {
                if let operand = lifted[index] { lifted[index] = try builder.apply(Unsqueeze(axes: [2]), operand) }
            }
            return [try builder.apply(Squeeze(axes: [2]), try builder.add(operation, inputs: lifted)[0])]
        }
    }

    /// The window that attributes describe. One of one dimension gets the height 1, one of three dimensions falls into
    /// one along the depth, whose width is 1, and one of a plane.
    mutating func windows(kernel: [Int], ceilMode: Bool = false) throws -> (depth: Window?, image: Window) {
        let count = kernel.count
        guard (1...3).contains(count) else {
            throw OperandError("its kernel has \(count) dimensions; images of one to three dimensions are read")
        }
        let strides = try list("strides", default: 1, count)
        let dilations = try list("dilations", default: 1, count)
        let pads = try padding(count)
        func window(_ rows: Int?, _ columns: Int?) -> Window {
            let axes = [rows, columns]
            let padding =
                pads.automatic
                ?? .explicit(
                    top: rows.map { pads.begin[$0] } ?? 0, left: columns.map { pads.begin[$0] } ?? 0,
                    bottom: rows.map { pads.end[$0] } ?? 0, right: columns.map { pads.end[$0] } ?? 0)
            return Window(
                kernel: axes.map { $0.map { kernel[$0] } ?? 1 }, strides: axes.map { $0.map { strides[$0] } ?? 1 },
                dilations: axes.map { $0.map { dilations[$0] } ?? 1 }, padding: padding, ceilMode: ceilMode)
        }
        switch count {
        case 1: return (nil, window(nil, 0))
        case 2: return (nil, window(0, 1))
        default: return (window(0, nil), window(1, 2))
        }
    }

    /// A number for each dimension of the kernel.
    mutating func list(_ name: String, default standard: Int, _ dimensions: Int) throws -> [Int] {
        let values = try integers(name) ?? Array(repeating: standard, count: dimensions)
        guard values.count == dimensions else {
            throw OperandError("attribute '\(name)' has \(values.count) numbers; its kernel has \(dimensions)")
        }
        return values
    }

    /// A number for height and one for width; the height's is the default for images of one dimension.
    mutating func pair(_ name: String, default standard: Int, _ dimensions: Int) throws -> [Int] {
        let values = try list(name, default: standard, dimensions)
        return dimensions == 1 ? [standard] + values : values
    }

    /// How much is added in front of and behind every dimension, or the rule that says so.
    private mutating func padding(
        _ dimensions: Int
    ) throws -> (begin: [Int], end: [Int], automatic: Padding?) {
        let pads = try integers("pads") ?? Array(repeating: 0, count: 2 * dimensions)
        guard pads.count == 2 * dimensions else {
            throw OperandError(
                "attribute 'pads' has \(pads.count) numbers; images of \(dimensions) dimensions take \(2 * dimensions)")
        }
        let automatic = try text("auto_pad", default: "NOTSET")
        if automatic == "NOTSET" || automatic.isEmpty {
            return (Array(pads[..<dimensions]), Array(pads[dimensions...]), nil)
        }
        guard pads.allSatisfy({ $0 == 0 }) else {
            throw OperandError("it has both pads \(pads) and auto_pad \(automatic), which exclude each other")
        }
        switch automatic {
        case "VALID": return (pads, pads, Padding.none)
        case "SAME_UPPER": return (pads, pads, .sameUpper)
        case "SAME_LOWER": return (pads, pads, .sameLower)
        default:
            throw OperandError("auto_pad '\(automatic)' is not one of NOTSET, VALID, SAME_UPPER, SAME_LOWER")
        }
    }
}

extension Window {
    /// The attributes that convolution and all pooling share.
    var attributes: [(String, AttributeForm)] {
        let pads: (String, AttributeForm) =
            switch padding {
            case .explicit(let top, let left, let bottom, let right): ("pads", .ints([top, left, bottom, right]))
            case .sameUpper: ("auto_pad", .text("SAME_UPPER"))
            case .sameLower: ("auto_pad", .text("SAME_LOWER"))
            }
        return [("kernel_shape", .ints(kernel)), ("strides", .ints(strides)), pads]
    }
}
