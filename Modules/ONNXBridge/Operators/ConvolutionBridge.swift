import Graphs

/// `Conv`.
enum ConvolutionBridge: OperatorBridge {
    static let opTypes = ["Conv"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
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
        return .operation(Convolution(window: window, groups: groups), inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        guard let convolution = operation as? Convolution, convolution.activation == .identity else { return nil }
        let window = convolution.window
        return NodeForm(
            "Conv", window.attributes + [("dilations", .ints(window.dilations)), ("group", .int(convolution.groups))])
    }
}

extension NodeReader {
    /// The window that attributes describe.
    mutating func window(kernel: [Int], ceilMode: Bool = false) throws -> Window {
        guard kernel.count == 2 else {
            throw OperandError("its kernel has \(kernel.count) dimensions; only images of two dimensions are read")
        }
        return Window(
            kernel: kernel, strides: try pair("strides", default: [1, 1]),
            dilations: try pair("dilations", default: [1, 1]), padding: try padding(), ceilMode: ceilMode)
    }

    private mutating func padding() throws -> Padding {
        let pads = try integers("pads") ?? [0, 0, 0, 0]
        guard pads.count == 4 else {
            throw OperandError("attribute 'pads' has \(pads.count) numbers; images of two dimensions take 4")
        }
        let automatic = try text("auto_pad", default: "NOTSET")
        if automatic == "NOTSET" || automatic.isEmpty {
            return .explicit(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3])
        }
        guard pads == [0, 0, 0, 0] else {
            throw OperandError("it has both pads \(pads) and auto_pad \(automatic), which exclude each other")
        }
        switch automatic {
        case "VALID": return .none
        case "SAME_UPPER": return .sameUpper
        case "SAME_LOWER": return .sameLower
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
