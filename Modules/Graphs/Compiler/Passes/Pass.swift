/// A rewriting of a graph on its way to a program: wanted values stay what they are, the nodes that compute them change.
protocol Pass: Sendable {
    /// Rewrites a specialised graph.
    ///
    /// - Parameters:
    ///   - graph: its nodes are in an order in which they can run, and stay so.
    ///   - wanted: the values that the caller gets: outputs and gradients.
    func apply(to graph: inout Graph, keeping wanted: [ValueID]) throws(GraphError)
}

/// Who computes the values of a graph and who reads them, at the time when it is asked.
struct Connections {
    private var readers: [Int]
    private var producers: [Int?]

    /// Counts the readers of every value; being wanted counts as one.
    init(_ graph: Graph, keeping wanted: [ValueID]) {
        readers = Array(repeating: 0, count: graph.values.count)
        producers = Array(repeating: nil, count: graph.values.count)
        for (index, node) in graph.nodes.enumerated() {
            for case let input? in node.inputs { readers[input.index] += 1 }
            producers[node.outputs[0].index] = index
        }
        for id in wanted { readers[id.index] += 1 }
    }

    /// The node whose first result a value is, if one node reads it, once, and the caller does not get it: then this
    /// reader and the node can become one.
    func mergeable(behind id: ValueID?) -> Int? {
        guard let id, readers[id.index] == 1 else { return nil }
        return producers[id.index]
    }

    /// The node whose first result a value is.
    func producer(of id: ValueID?) -> Int? { id.flatMap { producers[$0.index] } }
}

extension Graph {
    /// Removes the nodes with the given indices.
    mutating func removeNodes(_ indices: Set<Int>) {
        guard !indices.isEmpty else { return }
        nodes = nodes.indices.filter { !indices.contains($0) }.map { nodes[$0] }
    }

    /// Whether a value is there before any node has run, and is the same on every run with the same parameters.
    func isParameterOrConstant(_ id: ValueID?) -> Bool {
        guard let id else { return true }
        return switch self[id].role {
        case .parameter, .constant: true
        case .input, .result: false
        }
    }
}
