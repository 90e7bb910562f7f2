/// Who computes the values of a graph, and who reads them.
struct ValueUses {
    private let graph: ONNXGraph
    private var producers: [String: Int] = [:]
    private var readers: [String: [Int]] = [:]
    private let outputs: Set<String>

    init(_ graph: ONNXGraph) {
        self.graph = graph
        outputs = Set(graph.outputs.map(\.name))
        for (index, node) in graph.nodes.enumerated() {
            for output in node.outputs where !output.isEmpty { producers[output] = index }
            for input in Self.names(readBy: node) { readers[input, default: []].append(index) }
        }
    }

    /// The node that computes a value.
    func producer(of name: String) -> ONNXNode? { producers[name].map { graph.nodes[$0] } }

    /// Who reads a value: the labels of nodes, one for every operand, and the graph itself for an output.
    func readers(of name: String) -> [String] {
        (readers[name] ?? []).map { graph.nodes[$0].label } + (outputs.contains(name) ? ["the model's outputs"] : [])
    }

    /// The names that a node reads, those within its inner graphs included.
    static func names(readBy node: ONNXNode) -> [String] {
        node.inputs.filter { !$0.isEmpty } + innerNames(of: node)
    }

    /// The names that a node's inner graphs read, be they their own or those of the outer graph.
    static func innerNames(of node: ONNXNode) -> [String] {
        node.attributes.flatMap(\.graphs).flatMap { inner in
            inner.nodes.flatMap { names(readBy: $0) } + inner.outputs.map(\.name)
        }
    }

    /// The constant that a value is: an initialiser, or what a `Constant` node holds, passed on by `Identity` nodes or not.
    func constant(_ name: String) -> ONNXTensor? {
        var name = name
        // A file may name its values in a circle.
        for _ in 0..<16 {
            if let tensor = graph[initializer: name] { return tensor }
            guard let node = producer(of: name), node.domain.isEmpty else { return nil }
            switch node.opType {
            case "Constant":
                if case .tensor(let tensor)? = node["value"] { return tensor }
                return nil
            case "Identity": name = node.inputs.first ?? ""
            default: return nil
            }
        }
        return nil
    }
}
