/// When a program does what: some tasks once for each content of the parameters, the others on every run.
struct Schedule {
    /// A piece of a node's work.
    enum Task: Hashable {
        /// The preparation of the node's kernel.
        case prepare(Int)
        /// The node's kernel.
        case run(Int)

        /// The node's index.
        var node: Int {
            switch self {
            case .prepare(let node), .run(let node): node
            }
        }
    }

    /// All tasks in order.
    let tasks: [Task]
    /// How many of them, from the first on, are done again only when parameters have changed.
    let prologueCount: Int
    /// The values that the prologue computes, or that need no computing.
    let settled: Set<ValueID>

    /// Schedules the nodes of a graph.
    ///
    /// - Parameters:
    ///   - graph: its nodes are in an order in which they can run.
    ///   - kernels: each node's kernel; `nil` where there is nothing to run.
    ///   - keepsParameters: whether the program leaves parameters as they are. Otherwise there is no prologue.
    init(_ graph: Graph, kernels: [Kernel?], keepsParameters: Bool) {
        var settled: Set<ValueID> = []
        func isSettled(_ id: ValueID?) -> Bool {
            guard let id else { return true }
            return switch graph[id].role {
            case .parameter, .constant: true
            case .input: false
            case .result: settled.contains(id)
            }
        }
        var prologue: [Task] = []
        var body: [Task] = []
        for (index, node) in graph.nodes.enumerated() {
            if keepsParameters, node.inputs.allSatisfy(isSettled) {
                settled.formUnion(node.outputs)
                guard let kernel = kernels[index] else { continue }
                if kernel.preparation != nil { prologue.append(.prepare(index)) }
                prologue.append(.run(index))
                continue
            }
            guard let kernel = kernels[index] else { continue }
            if let preparation = kernel.preparation {
                let isEarly = keepsParameters && preparation.operands.allSatisfy { isSettled(node.inputs[$0]) }
                if isEarly { prologue.append(.prepare(index)) } else { body.append(.prepare(index)) }
            }
            body.append(.run(index))
        }
        tasks = prologue + body
        prologueCount = prologue.count
        self.settled = settled
    }

    /// Whether the prologue computes a node's results.
    func isSettled(_ node: Node) -> Bool { node.outputs.allSatisfy(settled.contains) }

    /// The positions of the operands that a task reads.
    static func operands(of task: Task, _ node: Node, _ kernel: Kernel?) -> [Int] {
        let prepared = kernel?.preparation?.operands ?? []
        return switch task {
        case .prepare: prepared
        case .run: node.inputs.indices.filter { !prepared.contains($0) }
        }
    }
}

extension Kernel {
    /// What a task of the kernel's node runs.
    func run(of task: Schedule.Task) -> @Sendable (KernelCall) -> Void {
        if case .prepare = task, let preparation { preparation.run } else { run }
    }

    /// The name of a task of the kernel's node.
    func name(of task: Schedule.Task) -> String {
        if case .prepare = task { "\(name).prepare" } else { name }
    }

    /// How much scratch memory a task of the kernel's node needs.
    func scratchBytes(for task: Schedule.Task) -> Int {
        if case .prepare = task { preparation?.scratchBytes ?? 0 } else { scratchBytes }
    }
}
