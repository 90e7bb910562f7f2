/// What a program does, for people and tools to look at.
public struct ProgramPlan: Sendable, Hashable {
    /// A node of the program.
    public struct PlannedNode: Sendable, Hashable {
        /// The node's name.
        public let name: String
        /// Its operator's name.
        public let operation: String
        /// What was fused into it, behind the operator.
        public let activation: Activation
        /// The kernel that computes it, as `openblas.convolution`; `nil` for a view, which needs none.
        public let kernel: String?
        /// The shape of its first result.
        public let shape: [Int]
        /// The physical order of its first result.
        public let layout: Layout
        /// The size of all its results in bytes, those of a view included.
        public let bytes: Int
        /// Where its first result lies.
        public let memory: Memory
        /// The bytes that its kernel makes of its operands beforehand, such as weights in an order of its own.
        public let preparedBytes: Int
        /// The scratch memory that its kernel takes while it runs, in bytes.
        public let scratchBytes: Int
        /// Whether it runs only when parameters have changed, not on every run.
        public let runsOnce: Bool
    }

    /// Where a result lies.
    public enum Memory: String, Sendable, Hashable, CaseIterable {
        /// In memory of the arena that no operand of the node was in.
        case own
        /// In the memory of an operand that nobody reads any more.
        case inPlace
        /// In the memory of an operand, being the same elements.
        case view
        /// In memory that keeps it from run to run.
        case retained
        /// In the caller's gradient vector.
        case gradient
    }

    /// The nodes in the order in which they run: first those that run only when parameters have changed.
    public let nodes: [PlannedNode]

    init(_ graph: Graph, layouts: [Layout], kernels: [Kernel?], schedule: Schedule, storage: StoragePlan, stride: Int) {
        let planned = graph.nodes.enumerated().map { index, node in
            let kernel = kernels[index]
            let first = node.outputs[0]
            return PlannedNode(
                name: node.name, operation: type(of: node.operation).name, activation: node.operation.activation,
                kernel: kernel?.name, shape: graph.type(of: first)?.shape ?? [], layout: layouts[first.index],
                bytes: node.outputs.reduce(0) { $0 + (graph.type(of: $1)?.count ?? 0) * stride },
                memory: storage.memory(of: first), preparedBytes: kernel?.preparation?.bytes ?? 0,
                scratchBytes: kernel?.scratchBytes ?? 0, runsOnce: schedule.isSettled(node))
        }
        nodes = planned.filter(\.runsOnce) + planned.filter { !$0.runsOnce }
    }

    /// How many nodes each backend runs, by its name; views are nobody's.
    public var nodesByBackend: [String: Int] {
        nodes.reduce(into: [:]) { counts, node in
            if let kernel = node.kernel { counts[String(kernel.prefix { $0 != "." }), default: 0] += 1 }
        }
    }
}

extension StoragePlan {
    fileprivate func memory(of id: ValueID) -> ProgramPlan.Memory {
        if views.contains(id.index) { return .view }
        if inPlace[id.index] != nil { return .inPlace }
        return switch locations[id.index] {
        case .retained: .retained
        case .gradient: .gradient
        default: .own
        }
    }
}
