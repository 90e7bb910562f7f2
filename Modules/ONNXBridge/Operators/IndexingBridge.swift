import Graphs

/// `Shape`, `Size`, `Range`, `Gather`, `Slice`: above all the arithmetic on shapes that exporters write.
enum IndexingBridge: OperatorBridge {
    static let opTypes = ["Shape", "Size", "Range", "Gather", "Slice"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let operation: any Operator
        switch node.node.opType {
        case "Shape": operation = ShapeOf(start: try node.integer("start", default: 0), end: try node.integer("end"))
        case "Size": operation = SizeOf()
        case "Range": operation = Progression()
        case "Gather": operation = Gather(axis: try node.integer("axis", default: 0))
        default: operation = try slice(&node)
        }
        return .operation(operation, inputs: node.operands)
    }

    /// The bounds were attributes before opset 10 and are operands since.
    private static func slice(_ node: inout NodeReader) throws -> Slice {
        if node.opset >= 10 { return Slice() }
        guard let starts = try node.integers("starts"), let ends = try node.integers("ends") else {
            throw OperandError("attributes 'starts' and 'ends' are missing")
        }
        return Slice(starts: starts, ends: ends, axes: try node.integers("axes"))
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? {
        switch operation {
        case let shape as ShapeOf:
            if shape.start != 0 || shape.end != nil { try node.require(15, for: "a part of a shape (start, end)") }
            let start: [(String, AttributeForm)] = shape.start == 0 ? [] : [("start", .int(shape.start))]
            return NodeForm("Shape", start + (shape.end.map { [("end", .int($0))] } ?? []))
        case is SizeOf: return NodeForm("Size")
        case is Progression: return NodeForm("Range")
        case let gather as Gather:
            if let indices = gather.indices { node.setInput(1, .constant(indices)) }
            return NodeForm("Gather", [("axis", .int(gather.axis))])
        case let slice as Slice:
            for (index, list) in [slice.starts, slice.ends, slice.axes, slice.steps].enumerated() {
                if let list { node.setInput(index + 1, .constant(.integers(list))) }
            }
            return NodeForm("Slice")
        default: return nil
        }
    }
}
