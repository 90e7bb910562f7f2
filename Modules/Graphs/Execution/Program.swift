import Buffers
import Tensors

/// A compiled graph: kernels in order, and one arena for everything that they compute.
///
/// A program is made by ``Compiler``. `run` allocates nothing, but for a small box around a closure for each loop that is
/// handed to other threads. A program is not safe to run on two threads at a time, nor at the same time as another one
/// that shares its arena.
public final class Program<E: Scalar>: @unchecked Sendable {
    /// One task and where its memory lies.
    struct Step {
        let task: Schedule.Task
        let name: String
        let run: @Sendable (KernelCall) -> Void
        let firstOperand: Int
        let inputCount: Int
        let scratchOffset: Int
        /// What the kernel prepares: its offset in the arena, or in the retained memory.
        let preparedOffset: Int
        let retainsPrepared: Bool
    }

    /// The layout of the parameter vector that ``run(parameters:gradients:inputs:invocation:)`` takes.
    public let layout: ParameterLayout
    /// The specialised graph, backward nodes and conversions included.
    public let graph: Graph
    /// The threads that a run uses.
    public let workers: Workers
    /// The size of the arena in bytes.
    public let arenaBytes: Int
    /// The size in bytes of the memory that keeps what depends on parameters alone from run to run.
    public let retainedBytes: Int
    /// What all results, preparations and scratch buffers would take without sharing memory.
    public let unsharedBytes: Int
    /// The types of the results, in the order of the graph's outputs.
    public let outputTypes: [ValueType]

    /// What the program does, node by node, and where the results lie.
    public let plan: ProgramPlan

    /// What is done again only when parameters have changed, and what is done on every run.
    let prologue: [Step]
    let body: [Step]
    private let operands: [Location?]
    private let outputs: [Location]
    private let constants: [StoredConstant]
    private let arena: Arena
    private let retained: AlignedBuffer<UInt8>
    /// The parameters that the retained memory was made of.
    private var retainedVersion: ParametersVersion?
    private let pointers: AlignedBuffer<Int>
    private let unreached: [Range<Int>]
    /// The arena's memory at the last run: it stays valid as long as results may be read from it.
    private var memory: AlignedBuffer<UInt8>
    private var bound = Bases()

    private struct Bases {
        var parameters: UnsafeMutablePointer<E>?
        var gradients: UnsafeMutablePointer<E>?
        var inputs: [UnsafeRawPointer] = []
    }

    init(
        graph: Graph, layout: ParameterLayout, layouts: [Layout], kernels: [Kernel?], schedule: Schedule,
        plan: StoragePlan, outputs: [ValueID], fixed: [ValueID: Location], workers: Workers, arena: Arena
    ) throws {
        self.graph = graph
        self.layout = layout
        self.workers = workers
        var firstOperands: [Int: Int] = [:]
        var operands: [Location?] = []
        for (index, node) in graph.nodes.enumerated() where kernels[index] != nil {
            firstOperands[index] = operands.count
            operands += node.inputs.map { $0.flatMap { plan.locations[$0.index] } }
            operands += node.outputs.map { plan.locations[$0.index] }
        }
        let steps = zip(schedule.tasks, plan.scratchOffsets).compactMap { task, scratchOffset -> Step? in
            guard let kernel = kernels[task.node] else { return nil }
            let prepared = plan.prepared[task.node]
            var (offset, isRetained) = (0, false)
            if case .arena(let place) = prepared { offset = place }
            if case .retained(let place) = prepared { (offset, isRetained) = (place, true) }
            return Step(
                task: task, name: kernel.name(of: task), run: kernel.run(of: task),
                firstOperand: firstOperands[task.node] ?? 0, inputCount: graph.nodes[task.node].inputs.count,
                scratchOffset: scratchOffset, preparedOffset: offset, retainsPrepared: isRetained)
        }
        prologue = Array(steps.prefix(schedule.prologueCount))
        body = Array(steps.dropFirst(schedule.prologueCount))
        self.plan = ProgramPlan(
            graph, layouts: layouts, kernels: kernels, schedule: schedule, storage: plan,
            stride: MemoryLayout<E>.stride)
        self.operands = operands
        self.outputs = outputs.compactMap { plan.locations[$0.index] }
        outputTypes = outputs.compactMap { graph.type(of: $0) }
        arenaBytes = plan.arenaBytes
        retainedBytes = plan.retainedBytes
        retained = try AlignedBuffer(count: plan.retainedBytes)
        unsharedBytes = plan.unsharedBytes
        memory = try arena.reserve(plan.arenaBytes)
        self.arena = arena
        pointers = try AlignedBuffer(count: operands.count)
        constants = try plan.constants.compactMap { try graph[$0].constant?.stored(as: E.self) }
        let reached = Set(fixed.values)
        unreached = layout.segments.filter { $0.kind.isTrainable && !reached.contains(.gradient($0.offset)) }
            .map(\.range)
    }

    /// The names of the kernels, in the order in which they run.
    public var kernelNames: [String] {
        (prologue + body).compactMap { if case .run = $0.task { $0.name } else { nil } }
    }

    /// Runs the program.
    ///
    /// - Parameters:
    ///   - parameters: the vector θ, `layout.count` elements. Training writes the running statistics behind
    ///     `layout.trainableCount`.
    ///   - gradients: `layout.trainableCount` elements, overwritten; may be `nil` for inference.
    ///   - inputs: the memory of each input, row-major, in the order of the graph's inputs: `E` for real numbers, `Int32`
    ///     for integers.
    ///   - invocation: seed and step of random operators, and the version of the parameters.
    public func run(
        parameters: UnsafeMutablePointer<E>, gradients: UnsafeMutablePointer<E>? = nil, inputs: [UnsafeRawPointer],
        invocation: Invocation = Invocation()
    ) {
        prepare(parameters: parameters, gradients: gradients, inputs: inputs)
        if needsPrologue(invocation) { for step in prologue { step.run(call(of: step, invocation)) } }
        for step in body { step.run(call(of: step, invocation)) }
    }

    /// Whether the retained memory has to be made anew; if so, counts it as made.
    func needsPrologue(_ invocation: Invocation) -> Bool {
        defer { retainedVersion = invocation.parameters }
        return retainedVersion == nil || retainedVersion != invocation.parameters
    }

    /// Finds the memory of all operands and clears the gradients that no kernel writes.
    func prepare(
        parameters: UnsafeMutablePointer<E>, gradients: UnsafeMutablePointer<E>?, inputs: [UnsafeRawPointer]
    ) {
        precondition(inputs.count == graph.inputs.count, "a program takes one pointer for each input")
        // Another program may have been compiled for the arena and made it grow.
        let current = arena.memory ?? memory
        if current !== memory || bound.parameters != parameters || bound.gradients != gradients
            || bound.inputs != inputs
        {
            memory = current
            bind(parameters, gradients, inputs)
        }
        guard let gradients else { return }
        for range in unreached { (gradients + range.lowerBound).update(repeating: 0, count: range.count) }
    }

    /// The memory and the circumstances of a task.
    func call(of step: Step, _ invocation: Invocation) -> KernelCall {
        let table = UnsafeRawPointer(pointers.pointer).assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
        return KernelCall(
            operands: table + step.firstOperand, inputCount: step.inputCount,
            scratch: UnsafeMutableRawPointer(memory.pointer) + step.scratchOffset,
            prepared: UnsafeMutableRawPointer((step.retainsPrepared ? retained : memory).pointer)
                + step.preparedOffset,
            workers: workers, invocation: invocation)
    }

    /// A result of the last run, row-major; valid until the next run of a program that shares the arena.
    public func output(_ index: Int) -> UnsafeBufferPointer<E> {
        let count = outputTypes[index].count
        guard let address = address(outputs[index], bound) else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: UnsafePointer(address.assumingMemoryBound(to: E.self)), count: count)
    }

    private func bind(
        _ parameters: UnsafeMutablePointer<E>, _ gradients: UnsafeMutablePointer<E>?, _ inputs: [UnsafeRawPointer]
    ) {
        if bound.parameters != parameters { retainedVersion = nil }
        bound.parameters = parameters
        bound.gradients = gradients
        // Keeping the caller's array instead would make the caller allocate another one for its next batch.
        bound.inputs.removeAll(keepingCapacity: true)
        bound.inputs.append(contentsOf: inputs)
        for (index, location) in operands.enumerated() {
            let address = location.flatMap { self.address($0, bound) }
            pointers.pointer[index] = Int(bitPattern: address)
        }
    }

    private func address(_ location: Location, _ bases: Bases) -> UnsafeMutableRawPointer? {
        switch location {
        case .arena(let offset): UnsafeMutableRawPointer(memory.pointer) + offset
        case .retained(let offset): UnsafeMutableRawPointer(retained.pointer) + offset
        case .parameter(let offset): bases.parameters.map { UnsafeMutableRawPointer($0 + offset) }
        case .gradient(let offset): bases.gradients.map { UnsafeMutableRawPointer($0 + offset) }
        case .input(let position): UnsafeMutableRawPointer(mutating: bases.inputs[position])
        case .constant(let number): constants[number].pointer
        }
    }
}
