/// Computes results of batch normalisation a second time for the backward nodes rather than keep them from the forward ones.
///
/// Between the two, a normalisation's operand is kept, too, because its gradient needs it. So for a result that only
/// backward nodes still read, memory is freed at the price of one pass: read the operand, write the result.
struct Recomputation: Pass {
    /// What is differentiated: backward nodes stand behind the one that computes it.
    let loss: ValueID

    func apply(to graph: inout Graph, keeping wanted: [ValueID]) throws(GraphError) {
        guard let turn = graph.nodes.firstIndex(where: { $0.outputs.contains(loss) }) else { return }
        let backward = graph.nodes[turn...].dropFirst()
        let kept = Set(backward.flatMap { $0.inputs.compactMap { $0 } })
        var repeated: [ValueID: Node] = [:]
        for node in graph.nodes[..<turn] where node.operation is BatchNormalizationTraining {
            guard let operand = node.inputs[0], case .result = graph[operand].role, kept.contains(operand),
                kept.contains(node.outputs[0]), !wanted.contains(node.outputs[0])
            else { continue }
            repeated[node.outputs[0]] = node
        }
        guard !repeated.isEmpty else { return }
        let nodes = graph.nodes
        graph.nodes = Array(nodes[...turn])
        var replacements: [ValueID: ValueID] = [:]
        for var node in nodes[(turn + 1)...] {
            for (index, input) in node.inputs.enumerated() {
                guard let input, let original = repeated[input] else { continue }
                if replacements[input] == nil { replacements[input] = try graph.append(original) }
                node.inputs[index] = replacements[input]
            }
            graph.nodes.append(node)
        }
    }
}

extension Graph {
    /// Adds a node that computes the first result of a batch normalisation again.
    fileprivate mutating func append(_ node: Node) throws(GraphError) -> ValueID? {
        guard let operation = node.operation as? BatchNormalizationTraining else { return nil }
        return try append(
            RepeatBatchNormalization(activation: operation.activation),
            inputs: node.inputs[..<3] + node.outputs[1...2].map { $0 }, name: "\(node.name)/again")[0]
    }
}
