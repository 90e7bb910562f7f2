import Tensors

/// A reshape into groups of channels, a transposition and a reshape back are one shuffle of channels, which needs no
/// change of physical order.
struct ShuffleRecognition: Pass {
    func apply(to graph: inout Graph, keeping wanted: [ValueID]) {
        let connections = Connections(graph, keeping: wanted)
        for (index, node) in graph.nodes.enumerated() {
            guard node.operation is Reshape, let image = graph.type(of: node.outputs[0])?.shape, image.count == 4,
                let transposition = connections.producer(of: node.inputs[0]).map({ graph.nodes[$0] }),
                (transposition.operation as? Transpose)?.permutation == [0, 2, 1, 3, 4],
                let grouping = connections.producer(of: transposition.inputs[0]).map({ graph.nodes[$0] }),
                grouping.operation is Reshape, let x = grouping.inputs[0], graph.type(of: x)?.shape == image,
                let grouped = graph.type(of: grouping.outputs[0])?.shape, grouped.count == 5,
                grouped[0] == image[0], grouped[1] * grouped[2] == image[1], grouped[1] > 0,
                grouped[3...] == image[2...]
            else { continue }
            graph.nodes[index].operation = ShuffleChannels(groups: grouped[1])
            graph.nodes[index].inputs = [x]
        }
    }
}
