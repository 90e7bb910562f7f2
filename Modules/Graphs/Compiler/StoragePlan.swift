import Tensors

/// Where a value lies while a program runs.
enum Location: Hashable {
    /// In the arena, at a byte offset.
    case arena(Int)
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
    /// The constants that have to be materialised, by number.
    private(set) var constants: [ValueID] = []
    /// The offset of each step's scratch memory in the arena.
    private(set) var scratchOffsets: [Int] = []
    /// The arena's size in bytes.
    private(set) var arenaBytes = 0
    /// What all activations would take without sharing.
    private(set) var unsharedBytes = 0

    /// One block of arena memory and the steps that touch it.
    private struct Storage {
        var bytes: Int
        var first: Int
        var last: Int
    }

    /// Plans the memory of a graph whose nodes run in order.
    ///
    /// - Parameters:
    ///   - graph: a specialised graph with layouts assigned.
    ///   - layouts: the order of each value.
    ///   - fixed: values that must lie at a given place: gradients.
    ///   - pinned: values that must survive the run.
    ///   - scratch: the scratch bytes that each step needs.
    ///   - stride: the bytes of one real number.
    init(
        _ graph: Graph, layouts: [Layout], fixed: [ValueID: Location], pinned: [ValueID], scratch: [Int], stride: Int
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
        var lastUse: [Int: Int] = [:]
        for (step, node) in graph.nodes.enumerated() {
            if let viewed = node.operation.viewedInput, let input = node.inputs[viewed],
                fixed[node.outputs[0]] == nil
            {
                roots[node.outputs[0].index] = root(input)
            }
            for case let input? in node.inputs { lastUse[root(input)] = step }
        }
        for id in pinned {
            lastUse[root(id)] = graph.nodes.count
            materialize(id, of: graph)
        }

        var storages: [Storage] = []
        var storageOf: [Int: Int] = [:]
        for (step, node) in graph.nodes.enumerated() {
            for case let input? in node.inputs { materialize(input, of: graph) }
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
                let last = lastUse[output.index] ?? step
                let bytes = type.count * stride
                if position == 0, let shared = overwritable(node, graph, layouts, root) {
                    if let storage = storageOf[shared], storages[storage].last == step {
                        storages[storage].last = max(step, last)
                        storageOf[output.index] = storage
                        continue
                    }
                }
                storageOf[output.index] = storages.count
                storages.append(Storage(bytes: bytes, first: step, last: max(step, last)))
            }
        }
        let scratchBlocks = scratch.enumerated().map { ArenaPlan.Block(bytes: $1, first: $0, last: $0) }
        let plan = ArenaPlan(
            storages.map { ArenaPlan.Block(bytes: $0.bytes, first: $0.first, last: $0.last) } + scratchBlocks)
        for (value, storage) in storageOf { locations[value] = .arena(plan.offsets[storage]) }
        for (value, root) in roots { locations[value] = locations[root] }
        scratchOffsets = Array(plan.offsets[storages.count...])
        arenaBytes = plan.bytes
        unsharedBytes = plan.unsharedBytes
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
