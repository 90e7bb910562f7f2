/// A product that is only summed up needs no memory of its own: gradients of gates, scales and slopes that were stretched
/// to a tensor.
struct ProductSumFusion: Pass {
    func apply(to graph: inout Graph, keeping wanted: [ValueID]) {
        let connections = Connections(graph, keeping: wanted)
        var merged: Set<Int> = []
        for (index, node) in graph.nodes.enumerated() {
            guard let sum = node.operation as? SumToShape, let producer = connections.mergeable(behind: node.inputs[0]),
                graph.nodes[producer].operation is Mul,
                graph.nodes[producer].inputs.allSatisfy({
                    $0.flatMap { graph.type(of: $0) } == graph.type(of: graph.nodes[producer].outputs[0])
                })
            else { continue }
            graph.nodes[index].operation = ProductSum(shape: sum.shape)
            graph.nodes[index].inputs = graph.nodes[producer].inputs
            merged.insert(producer)
        }
        graph.removeNodes(merged)
    }
}
