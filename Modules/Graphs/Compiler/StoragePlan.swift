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
    /// The value whose memory each value took over, by the values' indices.
    private(set) var inPlace: [Int: Int] = [:]
    /// The values that are others under another shape, by their indices.
    private(set) var views: Set<Int> = []

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
        materializeConstants(of: graph, kernels: kernels, pinned: pinned)

        let lifetimes = Lifetimes(graph, kernels: kernels, schedule: schedule, fixed: fixed, pinned: pinned)
        for (value, span) in lifetimes.spans.sorted(by: { $0.key < $1.key }) where locations[value] == nil {
            // What the body reads of the prologue's results has to survive until the next run.
            guard span.lowerBound < schedule.prologueCount, span.upperBound >= schedule.prologueCount else { continue }
            locations[value] = retain(try bytes(of: ValueID(index: value), in: graph, stride: stride))
        }
        inPlace =
            InPlaceAssignment(
                graph, layouts: layouts, schedule: schedule, lifetimes: lifetimes, isShared: { locations[$0] == nil }
            ).owners
        try placeInArena(graph, kernels: kernels, schedule: schedule, lifetimes: lifetimes, stride: stride)
        for (value, root) in lifetimes.roots { locations[value] = locations[root] }
        views = Set(lifetimes.roots.keys)
    }

    private mutating func placeInArena(
        _ graph: Graph, kernels: [Kernel?], schedule: Schedule, lifetimes: Lifetimes, stride: Int
    ) throws(GraphError) {
        var blocks: [ArenaPlan.Block] = []
        var blockOf: [Int: Int] = [:]
        var blockOfPreparation: [Int: Int] = [:]
        var scratchBlocks: [ArenaPlan.Block] = []
        for (time, task) in schedule.tasks.enumerated() {
            let scratchBytes = kernels[task.node]?.scratchBytes(for: task) ?? 0
            scratchBlocks.append(ArenaPlan.Block(bytes: scratchBytes, first: time, last: time))
            let node = graph.nodes[task.node]
            if case .prepare = task {
                let bytes = kernels[task.node]?.preparation?.bytes ?? 0
                // The kernel runs right after, unless this is the prologue and it belongs to the body.
                if time < schedule.prologueCount, !schedule.isSettled(node) {
                    prepared[task.node] = retain(bytes)
                } else {
                    blockOfPreparation[task.node] = blocks.count
                    blocks.append(ArenaPlan.Block(bytes: bytes, first: time, last: time + 1))
                }
                continue
            }
            for output in node.outputs where locations[output.index] == nil {
                guard let span = lifetimes.spans[output.index] else { continue }
                if let owner = inPlace[output.index], let block = blockOf[owner] {
                    blocks[block].last = max(blocks[block].last, span.upperBound)
                    blockOf[output.index] = block
                } else {
                    blockOf[output.index] = blocks.count
                    let bytes = try bytes(of: output, in: graph, stride: stride)
                    blocks.append(ArenaPlan.Block(bytes: bytes, first: span.lowerBound, last: span.upperBound))
                }
            }
        }
        let plan = ArenaPlan(blocks + scratchBlocks)
        for (value, block) in blockOf { locations[value] = .arena(plan.offsets[block]) }
        for (node, block) in blockOfPreparation { prepared[node] = .arena(plan.offsets[block]) }
        scratchOffsets = Array(plan.offsets[blocks.count...])
        arenaBytes = plan.bytes
        unsharedBytes = plan.unsharedBytes + retainedBytes
        for (value, owner) in inPlace {
            // Without sharing, it would have memory of its own.
            if owner != value { unsharedBytes += try bytes(of: ValueID(index: value), in: graph, stride: stride) }
        }
    }

    /// The size of a value.
    private func bytes(of id: ValueID, in graph: Graph, stride: Int) throws(GraphError) -> Int {
        guard let type = graph.type(of: id) else { return 0 }
        // No machine has it, and sums over all values must not overflow.
        guard type.count <= 1 << 38 else {
            throw .outOfMemory(
                "value '\(graph[id].name)' of the shape \(Shape.describe(type.shape)) does not fit any memory")
        }
        return type.count * stride
    }

    /// A place that keeps its content.
    private mutating func retain(_ bytes: Int) -> Location {
        let offset = retainedBytes
        retainedBytes += (bytes + 63) & ~63
        return .retained(offset)
    }

    /// Gives a number to every constant that a kernel reads or the caller gets.
    private mutating func materializeConstants(of graph: Graph, kernels: [Kernel?], pinned: [ValueID]) {
        for (index, node) in graph.nodes.enumerated() {
            let isView = kernels[index] == nil
            let operands = isView ? node.operation.viewedInput.map { [node.inputs[$0]] } ?? [] : node.inputs
            for case let input? in operands { materialize(input, of: graph) }
        }
        for id in pinned { materialize(id, of: graph) }
    }

    private mutating func materialize(_ id: ValueID, of graph: Graph) {
        guard graph[id].constant != nil, locations[id.index] == nil else { return }
        locations[id.index] = .constant(constants.count)
        constants.append(id)
    }
}
