import Buffers
import Tensors

/// What a program computes.
public enum ExecutionMode: Sendable, Hashable {
    /// The graph's outputs. Batch normalisation uses its running statistics; dropout passes its operand on.
    case inference
    /// The graph's outputs and the gradient of a scalar value with respect to every trainable parameter. Batch
    /// normalisation uses and tracks the batch's statistics; dropout drops.
    case training(loss: ValueID)
}

/// Turns graphs into programs: fixed shapes, differentiation, fusion, layouts, kernels, memory.
public struct Compiler: Sendable {
    /// The backends that are asked for kernels, in order.
    public let backends: BackendList
    /// The threads that programs use.
    public let workers: Workers

    /// A compiler.
    public init(backends: BackendList, workers: Workers) {
        self.backends = backends
        self.workers = workers
    }

    /// Compiles a graph.
    ///
    /// - Parameters:
    ///   - graph: the network.
    ///   - inputShapes: the shape of each of its inputs, in order.
    ///   - mode: inference or training.
    ///   - arena: the memory for what the program computes; by default one of its own.
    ///   - precision: `Float.self` or `Double.self`.
    /// - Throws: ``GraphError``.
    public func compile<E: Scalar>(
        _ graph: Graph, inputShapes: [[Int]], mode: ExecutionMode, arena: Arena = Arena(), as precision: E.Type
    ) throws(GraphError) -> Program<E> {
        let layout = try graph.parameterLayout()
        var graph = try graph.specialized(inputShapes: inputShapes)
        try graph.checkProportion()
        for id in graph.outputs where graph.type(of: id)?.kind == .integer {
            throw .integerOutput(name: graph[id].name)
        }
        for recognition in recognitions {
            try recognition.apply(to: &graph, keeping: graph.outputs)
        }
        var gradients: [ValueID: ValueID] = [:]
        if case .training(let loss) = mode {
            let differentiated = try graph.inTrainingForm().differentiated(loss: loss)
            graph = differentiated.graph
            gradients = differentiated.gradients
        }
        let parameters = graph.parameters.filter { gradients[$0] != nil }
        var wanted = graph.outputs + parameters.compactMap { gradients[$0] }
        for pass in passes(for: mode) { try pass.apply(to: &graph, keeping: wanted) }
        var assigned = try LayoutAssignment(graph, rowMajor: &wanted)
        let outputs = Array(wanted.prefix(graph.outputs.count))

        var fixed: [ValueID: Location] = [:]
        for (parameter, gradient) in zip(parameters, wanted.dropFirst(outputs.count)) {
            guard let segment = layout[graph[parameter].name] else { continue }
            let location = Location.gradient(segment.offset)
            let id = try assigned.own(gradient, taken: fixed.keys.contains(gradient), pinned: outputs)
            fixed[id] = location
        }
        return try link(
            assigned, layout: layout, fixed: fixed, outputs: outputs, arena: arena,
            keepsParameters: mode == .inference && assigned.graph.nodes.allSatisfy(\.operation.isPure))
    }

    /// What is replaced by one operator where a file spells it out in several, before gradients are taken.
    private var recognitions: [any Pass] { [ActivationRecognition(), ShuffleRecognition(), LinearRecognition()] }

    /// What is done to a graph before layouts, kernels and memory are chosen, in order.
    private func passes(for mode: ExecutionMode) -> [any Pass] {
        switch mode {
        case .inference: [DeadNodeRemoval(), BiasFusion(), NormalizationFolding(), ActivationFusion()]
        case .training(let loss):
            [
                DeadNodeRemoval(), GradientAccumulation(loss: loss), ProductSumFusion(), BiasFusion(),
                ActivationFusion(),
                PoolingMask(), ActivationGradientFusion(), NormalizationMask(), Recomputation(loss: loss),
            ]
        }
    }

    private func link<E: Scalar>(
        _ assigned: LayoutAssignment, layout: ParameterLayout, fixed: [ValueID: Location], outputs: [ValueID],
        arena: Arena, keepsParameters: Bool
    ) throws(GraphError) -> Program<E> {
        let graph = assigned.graph
        var kernels: [Kernel?] = []
        for node in graph.nodes {
            if node.operation.viewedInput != nil, fixed[node.outputs[0]] == nil {
                kernels.append(nil)
            } else {
                kernels.append(kernel(for: node, assigned, precision: E.self))
            }
        }
        let schedule = Schedule(graph, kernels: kernels, keepsParameters: keepsParameters)
        let plan = try StoragePlan(
            graph, layouts: assigned.layouts, kernels: kernels, schedule: schedule, fixed: fixed, pinned: outputs,
            stride: MemoryLayout<E>.stride)
        do {
            return try Program(
                graph: graph, layout: layout, layouts: assigned.layouts, kernels: kernels, schedule: schedule,
                plan: plan, outputs: outputs,
                fixed: fixed, workers: workers, arena: arena)
        } catch { throw .outOfMemory("\(error)") }
    }

    private func kernel<E: Scalar>(for node: Node, _ assigned: LayoutAssignment, precision: E.Type) -> Kernel {
        func physical(_ id: ValueID) -> PhysicalType? {
            assigned.graph.type(of: id).map { PhysicalType($0, layout: assigned.layouts[id.index]) }
        }
        // Without a result there is nothing to compute, though there may be 2^40 empty rows to walk over.
        guard node.outputs.contains(where: { assigned.graph.type(of: $0)?.count != 0 }) else {
            return Kernel(name: "none") { _ in }
        }
        let request = KernelRequest(
            operation: node.operation, inputs: node.inputs.map { $0.flatMap(physical) },
            outputs: node.outputs.compactMap(physical),
            precision: E.self == Double.self ? .float64 : .float32, workers: workers)
        for backend in backends.backends {
            if let kernel = backend.kernel(for: request) { return kernel }
        }
        return Kernel(name: "none") { _ in }
    }
}

extension LayoutAssignment {
    /// A value that may be given a place of its own: the value itself where a node computes it for this purpose alone,
    /// else a copy of it.
    mutating func own(_ id: ValueID, taken: Bool, pinned: [ValueID]) throws(GraphError) -> ValueID {
        if case .result = graph[id].role, !taken, !pinned.contains(id) { return id }
        return try copy(id)
    }
}
