import Graphs
import Tensors

/// `Resize`, `Upsample`, `Tile`.
///
/// Before opset 11 `Resize` did not say which element is the nearest; runtimes agree on the one below where the result is
/// larger, the one above where it is smaller.
enum SamplingBridge: OperatorBridge {
    static let opTypes = ["Resize", "Upsample", "Tile"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        switch node.node.opType {
        case "Tile": return .operation(Tile(), inputs: node.operands)
        case "Upsample": return try upsample(&node)
        default: return .operation(try resize(&node), inputs: node.operands)
        }
    }

    /// The scales were an attribute before opset 9.
    private static func upsample(_ node: inout NodeReader) throws -> NodeReading {
        guard node.opset < 10 else { throw OperandError("it ended with opset 10; Resize takes its place") }
        var scales: [Double]?
        if node.opset < 9 {
            guard let given = try node.numbers("scales") else { throw OperandError("attribute 'scales' is missing") }
            scales = given
        }
        let operation = Resize(
            interpolation: try old(&node), coordinates: .asymmetric, takesScalesSecond: true, scales: scales)
        return .operation(operation, inputs: node.operands)
    }

    private static func old(_ node: inout NodeReader) throws -> Interpolation {
        let mode = try node.text("mode", default: "nearest")
        switch mode {
        case "nearest": return .nearest(.unspecified)
        case "linear": return .linear
        default: throw OperandError("mode '\(mode)' is not one of nearest, linear")
        }
    }

    private static func resize(_ node: inout NodeReader) throws -> Resize {
        if node.opset < 11 {
            return Resize(interpolation: try old(&node), coordinates: .asymmetric, takesScalesSecond: true)
        }
        let axes = node.opset >= 18 ? try node.integers("axes") : nil
        let antialiases = node.opset >= 18 ? try node.flag("antialias") : false
        let extrapolation = try node.number("extrapolation_value", default: 0)
        let coordinates: Coordinates = try node.choice("coordinate_transformation_mode", default: .halfPixel)
        let proportions: Resize.Proportions =
            node.opset >= 18 ? try node.choice("keep_aspect_ratio_policy", default: .stretch) : .stretch
        if coordinates == .crop, node.operands.count < 2 || node.operands[1] == nil {
            throw OperandError("operand 1 (roi), the region that tf_crop_and_resize takes, is missing")
        }
        return Resize(
            interpolation: try interpolation(&node), coordinates: coordinates, axes: axes, proportions: proportions,
            antialiases: antialiases, extrapolation: coordinates == .crop ? extrapolation : 0)
    }

    private static func interpolation(_ node: inout NodeReader) throws -> Interpolation {
        let rounding: Interpolation.Rounding = try node.choice("nearest_mode", default: .roundPreferFloor)
        let a = try node.number("cubic_coeff_a", default: -0.75)
        let excludesOutside = try node.flag("exclude_outside")
        let mode = try node.text("mode", default: "nearest")
        switch mode {
        case "nearest": return .nearest(rounding)
        case "linear": return .linear
        case "cubic": return .cubic(a: a, excludesOutside: excludesOutside)
        default: throw OperandError("mode '\(mode)' is not one of nearest, linear, cubic")
        }
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? {
        switch operation {
        case let tile as Tile:
            if let repeats = tile.repeats { node.setInput(1, .constant(.integers(repeats))) }
            return NodeForm("Tile")
        case let resize as Resize: return try form(of: resize, &node)
        default: return nil
        }
    }

    private static func form(of resize: Resize, _ node: inout NodeWriter) throws -> NodeForm {
        guard resize.axes == nil, resize.proportions == .stretch, resize.coordinates != .halfPixelSymmetric else {
            throw OperandError("sizes of some dimensions, kept proportions and half_pixel_symmetric are not written")
        }
        guard resize.coordinates != .halfPixelForNearest else {
            throw OperandError("tf_half_pixel_for_nn ended with opset 13")
        }
        var attributes: [(String, AttributeForm)] = [
            ("coordinate_transformation_mode", .text(resize.coordinates.rawValue))
        ]
        switch resize.interpolation {
        case .nearest(.unspecified): throw OperandError("since opset 11 it must say which element is the nearest")
        case .nearest(let rounding):
            attributes += [("mode", .text("nearest")), ("nearest_mode", .text(rounding.rawValue))]
        case .linear: attributes += [("mode", .text("linear"))]
        case .cubic(let a, let excludesOutside):
            attributes += [
                ("mode", .text("cubic")), ("cubic_coeff_a", .float(a)),
                ("exclude_outside", .int(excludesOutside ? 1 : 0)),
            ]
        }
        if resize.takesScalesSecond, node.operands.count > 1 { node.setInput(2, node.operands[1]) }
        if let region = resize.region {
            node.setInput(1, .constant(.real(try Tensor(shape: [region.count], elements: region.map { Float($0) }))))
        } else if node.operands.count > 1, resize.coordinates != .crop {
            node.setInput(1, .absent)
        }
        if resize.antialiases {
            try node.require(18, for: "antialiasing")
            attributes.append(("antialias", .int(1)))
        }
        if resize.extrapolation != 0 { attributes.append(("extrapolation_value", .float(resize.extrapolation))) }
        if let scales = resize.scales {
            let tensor = try Tensor(shape: [scales.count], elements: scales.map { Float($0) })
            node.setInput(2, .constant(.real(tensor)))
        } else if let sizes = resize.sizes {
            node.setInput(3, .constant(.integers(sizes)))
        }
        return NodeForm("Resize", attributes)
    }
}

extension NodeReader {
    /// One of several texts.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, default standard: Choice
    ) throws -> Choice {
        let given = try text(name, default: standard.rawValue)
        guard let choice = Choice(rawValue: given) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw OperandError("attribute '\(name)' is '\(given)'; what is supported is \(known)")
        }
        return choice
    }
}
