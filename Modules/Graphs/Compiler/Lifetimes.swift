/// Which values are views of others, and between which tasks memory has to hold what.
struct Lifetimes {
    /// The value whose memory each view shares, by the values' indices.
    private(set) var roots: [Int: Int] = [:]
    /// The first and the last task that touch each value that a task computes; those of a view count for its root.
    private(set) var spans: [Int: ClosedRange<Int>] = [:]

    /// - Parameters:
    ///   - graph: a specialised graph.
    ///   - kernels: each node's kernel; `nil` for a view.
    ///   - schedule: when each node runs.
    ///   - fixed: values that must lie at a given place; they are no views.
    ///   - pinned: values that must survive the run.
    init(_ graph: Graph, kernels: [Kernel?], schedule: Schedule, fixed: [ValueID: Location], pinned: [ValueID]) {
        for node in graph.nodes {
            guard let viewed = node.operation.viewedInput, let input = node.inputs[viewed],
                fixed[node.outputs[0]] == nil
            else { continue }
            roots[node.outputs[0].index] = root(of: input)
        }
        var lastUse: [Int: Int] = [:]
        for (time, task) in schedule.tasks.enumerated() {
            let node = graph.nodes[task.node]
            for position in Schedule.operands(of: task, node, kernels[task.node]) {
                if let input = node.inputs[position] { lastUse[root(of: input)] = time }
            }
        }
        for id in pinned { lastUse[root(of: id)] = schedule.tasks.count }
        for (time, task) in schedule.tasks.enumerated() {
            guard case .run(let index) = task else { continue }
            for output in graph.nodes[index].outputs where roots[output.index] == nil {
                spans[output.index] = time...max(time, lastUse[output.index] ?? time)
            }
        }
    }

    /// The index of the value whose memory a value shares: its own unless it is a view.
    func root(of id: ValueID) -> Int { roots[id.index] ?? id.index }
}
