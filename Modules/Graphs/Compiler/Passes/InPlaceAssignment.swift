/// Lets the first result of a node take over the memory of an operand that nobody reads any more, where the node's kernel
/// may overwrite it: element-wise operators need no memory of their own then, and sums of gradients add up in place.
struct InPlaceAssignment {
    /// The value that the memory was made for, for each value that takes memory over, by the values' indices.
    private(set) var owners: [Int: Int] = [:]
    /// The last task that touches each owner's memory, for those that were taken over.
    private(set) var ends: [Int: Int] = [:]

    /// - Parameters:
    ///   - graph: a specialised graph.
    ///   - layouts: the order of each value.
    ///   - schedule: when each node runs.
    ///   - lifetimes: how long each value is needed.
    ///   - isShared: whether a value, by its index, lies where memory is shared: not where the caller wants it, nor where
    ///     it must outlive the run.
    init(_ graph: Graph, layouts: [Layout], schedule: Schedule, lifetimes: Lifetimes, isShared: (Int) -> Bool) {
        for (time, task) in schedule.tasks.enumerated() {
            guard case .run(let index) = task, let output = graph.nodes[index].outputs.first,
                let span = lifetimes.spans[output.index], isShared(output.index)
            else { continue }
            let node = graph.nodes[index]
            for position in node.operation.overwritableInputs where position < node.inputs.count {
                guard let input = node.inputs[position], graph.type(of: input) == graph.type(of: output),
                    layouts[input.index] == layouts[output.index]
                else { continue }
                let root = lifetimes.root(of: input)
                guard let life = lifetimes.spans[root], isShared(root) else { continue }
                let owner = owners[root] ?? root
                // Another operand in the same memory could be read after it was overwritten.
                let readings = node.inputs.count { $0.map { lifetimes.root(of: $0) == root } ?? false }
                guard readings == 1, ends[owner] ?? life.upperBound == time else { continue }
                owners[output.index] = owner
                ends[owner] = span.upperBound
                break
            }
        }
    }
}
