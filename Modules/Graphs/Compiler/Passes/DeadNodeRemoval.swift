/// Removes the nodes that no wanted value depends on.
struct DeadNodeRemoval: Pass {
    func apply(to graph: inout Graph, keeping wanted: [ValueID]) {
        var live = Set(wanted)
        var kept: [Node] = []
        for node in graph.nodes.reversed() where node.outputs.contains(where: live.contains) {
            live.formUnion(node.inputs.compactMap { $0 })
            kept.append(node)
        }
        graph.nodes = kept.reversed()
    }
}
