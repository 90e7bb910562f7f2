/// Lets the gradient of batch normalisation with a ReLU find out itself where the ReLU's result is positive, rather than
/// read that result: two passes over memory fewer, and the result need not be kept for it.
struct NormalizationMask: Pass {
    func apply(to graph: inout Graph, keeping wanted: [ValueID]) {
        let connections = Connections(graph, keeping: wanted)
        for (index, node) in graph.nodes.enumerated() {
            // The result may also be another one, such as that of a sum with a ReLU.
            guard let gradient = node.operation as? BatchNormalizationGradient, gradient.mask == .result,
                let producer = connections.producer(of: node.inputs[5]).map({ graph.nodes[$0] }),
                let forward = producer.operation as? BatchNormalizationTraining, forward.activation == .relu,
                node.inputs[1] == producer.inputs[0], node.inputs[2] == producer.inputs[1],
                node.inputs[3] == producer.outputs[1], node.inputs[4] == producer.outputs[2]
            else { continue }
            graph.nodes[index].operation = BatchNormalizationGradient(mask: .recomputedResult)
            graph.nodes[index].inputs[5] = producer.inputs[2]
        }
    }
}
