/// Merges every ReLU into the node before it, if that node can apply it and nobody else reads its result.
///
/// Which nodes can is theirs to say, by ``Operator/fused(with:)``: convolutions, products, batch normalisation, sums.
struct ActivationFusion: Pass {
    func apply(to graph: inout Graph, keeping wanted: [ValueID]) {
        let connections = Connections(graph, keeping: wanted)
        var merged: Set<Int> = []
        for (index, node) in graph.nodes.enumerated() where node.operation is Relu {
            guard let producer = connections.mergeable(behind: node.inputs[0]),
                let fused = graph.nodes[producer].operation.fused(with: .relu)
            else { continue }
            graph.nodes[producer].operation = fused
            graph.nodes[producer].outputs[0] = node.outputs[0]
            merged.insert(index)
        }
        graph.removeNodes(merged)
    }
}
