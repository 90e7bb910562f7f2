/// Merges every ReLU's gradient into the node that reads it, if that node can take it and nobody else reads it.
///
/// Which nodes can is theirs to say, by ``Operator/fusedBehindGradient(of:)``.
struct ActivationGradientFusion: Pass {
    func apply(to graph: inout Graph, keeping wanted: [ValueID]) {
        let connections = Connections(graph, keeping: wanted)
        var merged: Set<Int> = []
        for (index, node) in graph.nodes.enumerated() {
            guard let fused = node.operation.fusedBehindGradient(of: .relu),
                let producer = connections.mergeable(behind: node.inputs[0]),
                graph.nodes[producer].operation is ReluGradient
            else { continue }
            graph.nodes[index].operation = fused
            graph.nodes[index].inputs[0] = graph.nodes[producer].inputs[0]
            graph.nodes[index].inputs.append(graph.nodes[producer].inputs[1])
            merged.insert(producer)
        }
        graph.removeNodes(merged)
    }
}
