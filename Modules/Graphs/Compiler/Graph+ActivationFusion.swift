extension Graph {
    /// Merges every ReLU into the node before it, if that node can apply it and nobody else reads its result.
    mutating func fuseActivations(keeping wanted: [ValueID]) {
        let (readers, producers) = connections(keeping: wanted)
        var merged: Set<Int> = []
        for (index, node) in nodes.enumerated() where node.operation is Relu {
            guard let input = node.inputs[0], readers[input] == 1, let producer = producers[input],
                let fused = nodes[producer].operation.fused(with: .relu)
            else { continue }
            nodes[producer].operation = fused
            nodes[producer].outputs[0] = node.outputs[0]
            merged.insert(index)
        }
        nodes = nodes.enumerated().filter { !merged.contains($0.offset) }.map(\.element)
    }

    /// Merges every ReLU's gradient into the node that reads it, if that node can take it and nobody else reads it.
    mutating func fuseActivationGradients(keeping wanted: [ValueID]) {
        let (readers, producers) = connections(keeping: wanted)
        var merged: Set<Int> = []
        for (index, node) in nodes.enumerated() {
            guard let fused = node.operation.fusedBehindGradient(of: .relu), let input = node.inputs[0],
                readers[input] == 1, let producer = producers[input], nodes[producer].operation is ReluGradient
            else { continue }
            nodes[index].operation = fused
            nodes[index].inputs[0] = nodes[producer].inputs[0]
            nodes[index].inputs.append(nodes[producer].inputs[1])
            merged.insert(producer)
        }
        nodes = nodes.enumerated().filter { !merged.contains($0.offset) }.map(\.element)
    }

    /// How many operands and wanted values each value is, and which node has it as its first result.
    private func connections(keeping wanted: [ValueID]) -> (readers: [ValueID: Int], producers: [ValueID: Int]) {
        var readers: [ValueID: Int] = [:]
        for node in nodes { for case let input? in node.inputs { readers[input, default: 0] += 1 } }
        for id in wanted { readers[id, default: 0] += 1 }
        var producers: [ValueID: Int] = [:]
        for (index, node) in nodes.enumerated() { producers[node.outputs[0]] = index }
        return (readers, producers)
    }
}
