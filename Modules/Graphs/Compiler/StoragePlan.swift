import Tensors

/// Where a value lies while a program runs.
enum Location: Hashable {
    /// In the arena, at a byte offset.
    case arena(Int)
    /// In memory that keeps its content from run to run, at a byte offset.
    case retained(Int)
    /// In the parameter vector, at an element offset.
    case parameter(Int)
    /// In the gradient vector, at an element offset.
    case gradient(Int)
    /// In memory that the caller gives for an input, by its position.
    case input(Int)
    /// In the program's constants, by their number.
    case constant(Int)
}

/// Decides which values share memory and where each lies.
struct StoragePlan {
    /// The location of each value that a kernel touches, by the value's index.
    private(set) var locations: [Int: Location] = [:]
    /// The location of what each node's kernel prepares, by the node's index.
    private(set) var prepared: [Int: Location] = [:]
    /// The constants that have to be materialised, by number.
    private(set) var constants: [ValueID] = []
    /// The offset of each task's scratch memory in the arena.
    private(set) var scratchOffsets: [Int] = []
    /// The arena's size in bytes.
    private(set) var arenaBytes = 0
    /// The size of the memory that keeps its content, in bytes.
    private(set) var retainedBytes = 0
    /// What all results, preparations and scratch buffers would take without sharing.
    private(set) var unsharedBytes = 0

    /// One block of arena memory and the tasks that touch it.
    private struct Storage {
        var bytes: Int
        var first: Int
        var last: Int
    }

    /// Plans the memory of a graph.
    ///
    /// - Parameters:
    ///   - graph: a specialised graph with layouts assigned.
    ///   - layouts: the order of each value.
    ///   - kernels: each node's kernel; `nil` for a view.
    ///   - schedule: when each node runs.
    ///   - fixed: values that must lie at a given place: gradients.
    ///   - pinned: values that must survive the run.
    ///   - stride: the bytes of one real number.
    init(
        _ graph: Graph, layouts: [Layout], kernels: [Kernel?], schedule: Schedule, fixed: [ValueID: Location],
        pinned: [ValueID], stride: Int
    ) throws(GraphError) {
        let layout = try graph.parameterLayout()
        for (position, id) in graph.inputs.enumerated() { locations[id.index] = .input(position) }
        for id in graph.parameters {
            if let segment = layout[graph[id].name] { locations[id.index] = .parameter(segment.offset) }
        }
        for (id, location) in fixed { locations[id.index] = location }

        // Root of a value: the value whose memory it shares.
        var roots: [Int: Int] = [:]
        func root(_ id: ValueID) -> Int { roots[id.index] ?? id.index }
        for node in graph.nodes {
            if let viewed = node.operation.viewedInput, let input = node.inputs[viewed],
                fixed[node.outputs[0]] == nil
            {
                roots[node.outputs[0].index] = root(input)
                materialize(input, of: graph)
            }
        }
        var lastUse: [Int: Int] = [:]
        for (time, task) in schedule.tasks.enumerated() {
            let node = graph.nodes[task.node]
            for position in Schedule.operands(of: task, node, kernels[task.node]) {
                guard let input = node.inputs[position] else { continue }
                lastUse[root(input)] = time
                materialize(input, of: graph)
            }
        }
        for id in pinned {
            lastUse[root(id)] = schedule.tasks.count
            materialize(id, of: graph)
        }

        var storages: [Storage] = []
        var storageOf: [Int: Int] = [:]
        var preparedStorages: [Int: Int] = [:]
        for (time, task) in schedule.tasks.enumerated() {
            let node = graph.nodes[task.node]
            if case .prepare = task {
                let bytes = kernels[task.node]?.preparation?.bytes ?? 0
                // The kernel runs right after, unless this is the prologue and it belongs to the body.
                if time < schedule.prologueCount, !schedule.isSettled(node) {
                    prepared[task.node] = retain(bytes)
                } else {
                    preparedStorages[task.node] = storages.count
                    storages.append(Storage(bytes: bytes, first: time, last: time + 1))
                }
                continue
            }
            for (position, output) in node.outputs.enumerated() {
                guard roots[output.index] == nil, fixed[output] == nil, let type = graph.type(of: output) else {
                    continue
                }
                // No machine has it, and sums over all values must not overflow.
                guard type.count <= 1 << 38 else {
                    throw .outOfMemory(
                        "value '\(graph[output].name)' of the shape \(Shape.describe(type.shape)) does not fit any memory"
                    )
                }
                let last = max(time, lastUse[output.index] ?? time)
                let bytes = type.count * stride
                if time < schedule.prologueCount, last >= schedule.prologueCount {
                    locations[output.index] = retain(bytes)
                    continue
                }
                if position == 0, let shared = overwritable(node, graph, layouts, root) {
                    if let storage = storageOf[shared], storages[storage].last == time {
                        storages[storage].last = last
                        storageOf[output.index] = storage
                        continue
                    }
                }
                storageOf[output.index] = storages.count
                storages.append(Storage(bytes: bytes, first: time, last: last))
            }
        }
        let scratchBlocks = schedule.tasks.enumerated().map { time, task in
            ArenaPlan.Block(bytes: kernels[task.node]?.scratchBytes(for: task) ?? 0, first: time, last: time)
        }
        let plan = ArenaPlan(
            storages.map { ArenaPlan.Block(bytes: $0.bytes, first: $0.first, last: $0.last) } + scratchBlocks)
        for (value, storage) in storageOf { locations[value] = .arena(plan.offsets[storage]) }
        for (node, storage) in preparedStorages { prepared[node] = .arena(plan.offsets[storage]) }
        for (value, root) in roots { locations[value] = locations[root] }
        scratchOffsets = Array(plan.offsets[storages.count...])
        arenaBytes = plan.bytes
        unsharedBytes = plan.unsharedBytes + retainedBytes
    }

    /// A place that keeps its content.
    private mutating func retain(_ bytes: Int) -> Location {
        let offset = retainedBytes
        retainedBytes += (bytes + 63) & ~63
        return .retained(offset)
    }

    private mutating func materialize(_ id: ValueID, of graph: Graph) {
        guard graph[id].constant != nil, locations[id.index] == nil else { return }
        locations[id.index] = .constant(constants.count)
        constants.append(id)
    }

    /// The root of an operand whose memory the node's first result may take over.
    private func overwritable(
        _ node: Node, _ graph: Graph, _ layouts: [Layout], _ root: (ValueID) -> Int
    ) -> Int? {
        let output = node.outputs[0]
        for index in node.operation.overwritableInputs where index < node.inputs.count {
            guard let input = node.inputs[index], graph.type(of: input) == graph.type(of: output),
                layouts[input.index] == layouts[output.index]
            else { continue }
            // Another operand in the same memory could be read after it was overwritten.
            let readers = node.inputs.count { $0.map { root($0) == root(input) } ?? false }
            if readers == 1 { return root(input) }
        }
        return nil
    }
}
