import Graphs

/// `Cast`, `CastLike`.
///
/// A graph knows real numbers and integers; truth values are either, 1 or 0. So a cast between floating-point types is
/// none, and the numbers keep the program's precision; what overflowing 8-bit numbers become (`saturate`) and how powers
/// of two round (`round_mode`) does not matter.
enum CastBridge: OperatorBridge {
    static let opTypes = ["Cast", "CastLike"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        node.ignore("saturate", "round_mode")
        if node.node.opType == "CastLike" {
            if node.operands.count == 2, let like = node.operands[1], node.truths.contains(like) {
                return .operation(Truth(), inputs: [node.operands[0]])
            }
            // Where the kind is known already, a constant can become one of that kind while the file is read.
            guard node.operands.count == 2, let kind = node.values[1]?.kind else {
                return .operation(CastLike(), inputs: node.operands)
            }
            return .operation(Cast(to: kind), inputs: [node.operands[0]])
        }
        let type = ONNXDataType(rawValue: Int32(clamping: try node.integer("to", default: 0)))
        if type.isTrainable { return .operation(Cast(to: .real), inputs: node.operands) }
        if type == .bool { return .operation(Truth(), inputs: node.operands) }
        guard [.int64, .int32].contains(type) else {
            throw OperandError("a cast to \(type) is not supported; casts to floating point, int32, int64 and bool are")
        }
        return .operation(Cast(to: .integer), inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? {
        switch operation {
        case is Truth: return NodeForm("Cast", [("to", .int(Int(ONNXDataType.bool.rawValue)))])
        case is CastLike:
            try node.require(15, for: "CastLike")
            return NodeForm("CastLike")
        case let cast as Cast:
            let type: ONNXDataType = cast.kind == .real ? .float : .int64
            return NodeForm("Cast", [("to", .int(Int(type.rawValue)))])
        default: return nil
        }
    }
}

extension Value {
    /// The kind of its elements, where that is known before its shape is.
    fileprivate var kind: ValueType.Kind? {
        if case .input(_, let kind) = role { kind } else { type?.kind }
    }
}
