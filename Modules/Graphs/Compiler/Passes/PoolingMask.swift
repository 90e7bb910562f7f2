/// Merges the gradient of a ReLU into the gradient of the max-pooling that reads the ReLU's result: a place's maximum says
/// whether the ReLU let its pixel through, so the ReLU's gradient needs no pass over the image of its own.
struct PoolingMask: Pass {
    func apply(to graph: inout Graph, keeping wanted: [ValueID]) {
        let connections = Connections(graph, keeping: wanted)
        var merged: Set<Int> = []
        for (index, node) in graph.nodes.enumerated() where node.operation is ReluGradient {
            guard let producer = connections.mergeable(behind: node.inputs[0]),
                let gradient = graph.nodes[producer].operation as? MaxPoolGradient, gradient.activation == .identity,
                graph.nodes[producer].inputs[1] == node.inputs[1]
            else { continue }
            graph.nodes[producer].operation = MaxPoolGradient(window: gradient.window, activation: .relu)
            graph.nodes[producer].outputs[0] = node.outputs[0]
            merged.insert(index)
        }
        graph.removeNodes(merged)
    }
}
