extension Graph {
    /// Merges every ReLU into the node before it, if that node can apply it and nobody else reads its result.
    mutating func fuseActivations(keeping wanted: [ValueID]) {
        var readers: [ValueID: Int] = [:]
        for node in nodes { for case let input? in node.inputs { readers[input, default: 0] += 1 } }
        for id in wanted { readers[id, default: 0] += 1 }
        var producers: [ValueID: Int] = [:]
        for (index, node) in nodes.enumerated() { producers[node.outputs[0]] = index }

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
}
