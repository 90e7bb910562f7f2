import Tensors

/// Merges the addition of one number a channel into the convolution before it: exporters other than PyTorch's write the
/// bias as an `Add` of its own.
struct BiasFusion: Pass {
    func apply(to graph: inout Graph, keeping wanted: [ValueID]) throws(GraphError) {
        let connections = Connections(graph, keeping: wanted)
        var views: [Int: ValueID] = [:]
        var merged: Set<Int> = []
        for (index, node) in graph.nodes.enumerated() {
            guard let addition = node.operation as? Add, addition.activation == .identity else { continue }
            for (image, bias) in [(0, 1), (1, 0)] {
                guard let producer = connections.mergeable(behind: node.inputs[image]), views[producer] == nil,
                    let convolution = graph.nodes[producer].operation as? Convolution,
                    convolution.activation == .identity,
                    graph.nodes[producer].inputs.dropFirst(2).allSatisfy({ $0 == nil }),
                    let value = node.inputs[bias], graph.isParameterOrConstant(value),
                    isBias(graph.type(of: value), of: graph.type(of: node.outputs[0]))
                else { continue }
                graph.nodes[producer].outputs[0] = node.outputs[0]
                views[producer] = value
                merged.insert(index)
                break
            }
        }
        try insert(views, into: &graph, removing: merged)
    }

    /// Whether a type is C x 1 x 1, perhaps with a 1 before it, for images of C channels.
    private func isBias(_ bias: ValueType?, of images: ValueType?) -> Bool {
        guard let bias = bias?.shape, let images = images?.shape, images.count == 4 else { return false }
        return bias == [images[1], 1, 1] || bias == [1, images[1], 1, 1]
    }

    /// Gives every convolution the bias found for it, seen as C numbers.
    private func insert(
        _ biases: [Int: ValueID], into graph: inout Graph, removing merged: Set<Int>
    ) throws(GraphError) {
        guard !biases.isEmpty else { return }
        let nodes = graph.nodes
        graph.nodes = []
        for (index, var node) in nodes.enumerated() where !merged.contains(index) {
            if let bias = biases[index] {
                let channels = graph.addConstant(.integers([-1]))
                node.inputs =
                    node.inputs.prefix(2) + [try graph.apply(Reshape(), bias, channels, name: "\(node.name)/bias")]
            }
            graph.nodes.append(node)
        }
    }
}
