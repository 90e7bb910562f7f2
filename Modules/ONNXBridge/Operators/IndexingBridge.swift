import Graphs

/// `Shape`, `Gather`, `Slice`, `Cast`, `CastLike`: above all the arithmetic on shapes that exporters write.
enum IndexingBridge: OperatorBridge {
    static let opTypes = ["Shape", "Gather", "Slice", "Cast", "CastLike"]

    static func read(_ node: NodeReader) throws -> NodeReading {
        switch node.node.opType {
        case "Shape":
            let end = node.node["end"] == nil ? nil : try node.integer("end", default: 0)
            return .operation(ShapeOf(start: try node.integer("start", default: 0), end: end), inputs: node.inputs(1))
        case "Gather": return .operation(Gather(axis: try node.integer("axis", default: 0)), inputs: node.inputs(2))
        case "CastLike":
            let kind = node.values.count > 1 ? node.values[1]?.type?.kind ?? .real : .real
            return .operation(Cast(to: kind), inputs: node.inputs(1))
        case "Cast": return .operation(try cast(node), inputs: node.inputs(1))
        default:
            if node.opset >= 10 { return .operation(Slice(), inputs: node.inputs(5)) }
            guard let starts = try node.integers("starts"), let ends = try node.integers("ends") else {
                throw OperandError("attributes 'starts' and 'ends' are missing")
            }
            let slice = Slice(starts: starts, ends: ends, axes: try node.integers("axes"))
            return .operation(slice, inputs: node.inputs(1))
        }
    }

    private static func cast(_ node: NodeReader) throws -> Cast {
        let type = ONNXDataType(rawValue: Int32(clamping: try node.integer("to", default: 0)))
        if type.isTrainable { return Cast(to: .real) }
        guard [.int64, .int32].contains(type) else {
            throw OperandError("a cast to \(type) is not supported; casts to floating point, int32 and int64 are")
        }
        return Cast(to: .integer)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        switch operation {
        case let shape as ShapeOf where shape.start == 0 && shape.end == nil: NodeForm("Shape")
        case let gather as Gather: NodeForm("Gather", [("axis", .int(gather.axis))])
        case let slice as Slice where slice.starts == nil: NodeForm("Slice")
        default: nil
        }
    }
}
