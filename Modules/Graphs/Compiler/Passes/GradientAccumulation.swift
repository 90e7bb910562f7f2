/// Adds up a gradient of three or more parts as the parts come, each into the memory of the sum so far.
///
/// Differentiation adds them all up at the end, where all of them have to be there at once. With this pass a value that many
/// nodes read, such as a dense block's, needs memory for a sum and one part. Two parts are added in place as it is.
struct GradientAccumulation: Pass {
    /// What is differentiated: backward nodes stand behind the one that computes it.
    let loss: ValueID

    func apply(to graph: inout Graph, keeping wanted: [ValueID]) throws(GraphError) {
        guard let turn = graph.nodes.firstIndex(where: { $0.outputs.contains(loss) }) else { return }
        var producers: [ValueID: Int] = [:]
        for (index, node) in graph.nodes.enumerated() {
            for output in node.outputs { producers[output] = index }
        }
        let nodes = graph.nodes
        // The additions behind each node, and the sums that they replace.
        var additions: [Int: [Node]] = [:]
        var replaced: Set<Int> = []
        graph.nodes = []
        for (index, node) in nodes.enumerated() where index > turn && node.operation is Sum && node.inputs.count > 2 {
            let parts = node.inputs.compactMap { $0 }.map { (value: $0, producer: producers[$0] ?? turn) }
                .sorted { $0.producer < $1.producer }
            guard parts.allSatisfy({ graph.type(of: $0.value) == graph.type(of: node.outputs[0]) }) else { continue }
            var sum = parts[0].value
            for (number, part) in parts.enumerated().dropFirst() {
                let isLast = number == parts.count - 1
                let result =
                    isLast
                    ? node.outputs[0]
                    : graph.addValue(
                        Value(name: "\(node.name)/\(number)", role: .result, type: graph.type(of: sum)))
                additions[part.producer, default: []].append(
                    Node(
                        name: isLast ? node.name : "\(node.name)/\(number)", operation: Sum(),
                        inputs: [sum, part.value], outputs: [result]))
                sum = result
            }
            replaced.insert(index)
        }
        for (index, node) in nodes.enumerated() {
            if !replaced.contains(index) { graph.nodes.append(node) }
            graph.nodes += additions[index] ?? []
        }
    }
}
