extension Graph {
    /// Removes the nodes that no wanted value depends on.
    mutating func removeDeadNodes(keeping wanted: [ValueID]) {
        var live = Set(wanted)
        var kept: [Node] = []
        for node in nodes.reversed() where node.outputs.contains(where: live.contains) {
            live.formUnion(node.inputs.compactMap { $0 })
            kept.append(node)
        }
        nodes = kept.reversed()
    }
}
