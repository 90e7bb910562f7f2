import Graphs

/// `DepthToSpace`, `SpaceToDepth`.
enum PixelBridge: OperatorBridge {
    static let opTypes = ["DepthToSpace", "SpaceToDepth"]

    private enum Order: String, CaseIterable {
        case depthFirst = "DCR"
        case columnsFirst = "CRD"
    }

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        guard let block = try node.integer("blocksize") else { throw OperandError("attribute 'blocksize' is missing") }
        if node.node.opType == "SpaceToDepth" { return .operation(SpaceToDepth(block: block), inputs: node.operands) }
        let order: Order = node.opset >= 11 ? try node.choice("mode", default: .depthFirst) : .depthFirst
        return .operation(
            DepthToSpace(block: block, isColumnRowDepth: order == .columnsFirst), inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        switch operation {
        case let wide as DepthToSpace:
            let order: Order = wide.isColumnRowDepth ? .columnsFirst : .depthFirst
            return NodeForm("DepthToSpace", [("blocksize", .int(wide.block)), ("mode", .text(order.rawValue))])
        case let deep as SpaceToDepth where !deep.isColumnRowDepth:
            return NodeForm("SpaceToDepth", [("blocksize", .int(deep.block))])
        default: return nil
        }
    }
}
