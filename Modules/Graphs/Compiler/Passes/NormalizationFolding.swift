/// Merges batch normalisation with fixed statistics into the convolution before it, for inference: the convolution then
/// takes filters and a bias that ``FoldBatchNormalization`` makes of the parameters.
///
/// Parameters may change from run to run, so filters are not folded here but by a node of the program. As it depends on
/// parameters alone, it runs only when these have changed. See ``Schedule``.
struct NormalizationFolding: Pass {
    func apply(to graph: inout Graph, keeping wanted: [ValueID]) throws(GraphError) {
        let connections = Connections(graph, keeping: wanted)
        var normalizations: [Int: Node] = [:]
        var merged: Set<Int> = []
        for (index, node) in graph.nodes.enumerated() {
            guard node.operation is BatchNormalization,
                let producer = connections.mergeable(behind: node.inputs[0]),
                let convolution = graph.nodes[producer].operation as? Convolution,
                convolution.activation == .identity,
                (node.inputs.dropFirst() + graph.nodes[producer].inputs.dropFirst())
                    .allSatisfy(graph.isParameterOrConstant)
            else { continue }
            normalizations[producer] = node
            merged.insert(index)
        }
        guard !merged.isEmpty else { return }
        let nodes = graph.nodes
        graph.nodes = []
        for (index, node) in nodes.enumerated() where !merged.contains(index) {
            if let normalization = normalizations[index] {
                try append(node, normalization, to: &graph)
            } else {
                graph.nodes.append(node)
            }
        }
    }

    private func append(_ convolution: Node, _ normalization: Node, to graph: inout Graph) throws(GraphError) {
        guard let statistics = normalization.operation as? BatchNormalization,
            let operation = convolution.operation as? Convolution
        else { return }
        let folded = try graph.append(
            FoldBatchNormalization(epsilon: statistics.epsilon),
            inputs: [convolution.inputs[1]] + normalization.inputs.dropFirst() + convolution.inputs.dropFirst(2),
            name: "\(normalization.name)/fold")
        graph.nodes.append(
            Node(
                name: convolution.name,
                operation: Convolution(
                    window: operation.window, groups: operation.groups, activation: statistics.activation),
                inputs: [convolution.inputs[0]] + folded, outputs: normalization.outputs))
    }
}
