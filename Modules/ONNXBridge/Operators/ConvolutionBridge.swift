import Graphs

/// `Conv`.
enum ConvolutionBridge: OperatorBridge {
    static let opTypes = ["Conv"]

    static func read(_ node: NodeReader) throws -> NodeReading {
        let weights = node.shape(1)
        if let weights, weights.count != 4 {
            throw OperandError(
                "its weights have \(weights.count) dimensions; only images of two dimensions are read (4)")
        }
        guard let kernel = try node.integers("kernel_shape") ?? weights.map({ Array($0[2...]) }) else {
            throw OperandError("its kernel_shape is not given, and its weights are not known before data is")
        }
        let window = try node.window(kernel: kernel)
        let groups = try node.integer("group", default: 1)
        return .operation(Convolution(window: window, groups: groups), inputs: node.inputs(3))
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        guard let convolution = operation as? Convolution, convolution.activation == .identity else { return nil }
        return NodeForm(
            "Conv", convolution.window.attributes(ceilMode: false) + [("group", .int(convolution.groups))])
    }
}

extension NodeReader {
    /// The window that attributes describe.
    func window(kernel: [Int], ceilMode: Bool = false) throws -> Window {
        let padding: Padding
        switch try text("auto_pad", default: "NOTSET") {
        case "NOTSET", "":
            let pads = try integers("pads") ?? [0, 0, 0, 0]
            guard pads.count == 4 else {
                throw OperandError("attribute 'pads' has \(pads.count) numbers; images of two dimensions take 4")
            }
            padding = .explicit(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3])
        case "VALID": padding = .none
        case "SAME_UPPER": padding = .sameUpper
        case "SAME_LOWER": padding = .sameLower
        case let other:
            throw OperandError("auto_pad '\(other)' is not one of NOTSET, VALID, SAME_UPPER, SAME_LOWER")
        }
        guard kernel.count == 2 else {
            throw OperandError("its kernel has \(kernel.count) dimensions; only images of two dimensions are read")
        }
        return Window(
            kernel: kernel, strides: try pair("strides", default: [1, 1]),
            dilations: try pair("dilations", default: [1, 1]), padding: padding, ceilMode: ceilMode)
    }
}

extension Window {
    /// The window as attributes.
    func attributes(ceilMode isPooling: Bool, dilations writesDilations: Bool = true) -> [(String, AttributeForm)] {
        var attributes: [(String, AttributeForm)] = [("kernel_shape", .ints(kernel)), ("strides", .ints(strides))]
        if writesDilations { attributes.append(("dilations", .ints(dilations))) }
        switch padding {
        case .explicit(let top, let left, let bottom, let right):
            attributes.append(("pads", .ints([top, left, bottom, right])))
        case .sameUpper: attributes.append(("auto_pad", .text("SAME_UPPER")))
        case .sameLower: attributes.append(("auto_pad", .text("SAME_LOWER")))
        }
        if isPooling { attributes.append(("ceil_mode", .int(ceilMode ? 1 : 0))) }
        return attributes
    }
}
