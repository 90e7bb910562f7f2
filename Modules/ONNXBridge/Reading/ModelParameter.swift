import Buffers

/// A tensor of a file that can be trained, or a running statistic.
public struct ModelParameter: Sendable, Hashable {
    /// The name of the value that nodes read: what patterns are matched against.
    public let name: String
    /// What it is for.
    public let kind: ParameterKind
    /// Its shape in the file.
    public let shape: [Int]
    /// The type of its elements in the file.
    public let dataType: ONNXDataType
    /// The number of its elements.
    public let count: Int

    init(_ parameter: FileParameter) {
        name = parameter.name
        kind = parameter.kind
        shape = parameter.tensor.shape
        dataType = parameter.tensor.dataType
        count = parameter.tensor.count
    }
}

extension ONNXModel {
    /// What of the file can be trained, and its running statistics: in the file's order, also where nodes cannot be
    /// imported.
    public var parameters: [ModelParameter] {
        let nodes =
            (try? FunctionExpansion.nodes(of: self)) ?? graph.nodes.map { ExpandedNode(node: $0, opset: opset) }
        return ParameterTable(graph, nodes: nodes).parameters.map { ModelParameter($0) }
    }
}
