import Graphs

/// Comparisons, connectives, `Not` and `Where`. Truth values are numbers in a graph.
enum LogicBridge: OperatorBridge {
    private static let relations: [(String, Comparison.Relation)] = [
        ("Equal", .equal), ("Less", .less), ("LessOrEqual", .lessOrEqual), ("Greater", .greater),
        ("GreaterOrEqual", .greaterOrEqual),
    ]
    private static let connectives: [(String, Connective.Kind)] = [("And", .and), ("Or", .or), ("Xor", .xor)]
    static let opTypes = relations.map(\.0) + connectives.map(\.0) + ["Not", "Where"]
    /// Those whose results are truth values.
    static let truthTypes = Set(opTypes).subtracting(["Where"])

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        let name = node.node.opType
        let operation: any Operator
        if let (_, relation) = relations.first(where: { $0.0 == name }) {
            operation = Comparison(relation)
        } else if let (_, kind) = connectives.first(where: { $0.0 == name }) {
            operation = Connective(kind)
        } else {
            operation = name == "Not" ? Not() : Where()
        }
        return .operation(operation, inputs: node.operands)
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? {
        switch operation {
        case is Connective: for index in 0..<2 { node.setTruths(index) }
        case is Not, is Where: node.setTruths(0)
        default: break
        }
        return form(of: operation)
    }

    private static func form(of operation: any Operator) -> NodeForm? {
        switch operation {
        case let comparison as Comparison:
            relations.first { $0.1 == comparison.relation }.map { NodeForm($0.0) }
        case let connective as Connective:
            connectives.first { $0.1 == connective.kind }.map { NodeForm($0.0) }
        case is Not: NodeForm("Not")
        case is Where: NodeForm("Where")
        default: nil
        }
    }
}
