import Buffers
import Tensors

/// A compiled graph: kernels in order, and one arena for everything that they compute.
///
/// A program is made by ``Compiler``. `run` allocates nothing, but for a small box around a closure for each loop that is
/// handed to other threads. A program is not safe to run on two threads at a time, nor at the same time as another one
/// that shares its arena.
public final class Program<E: Scalar>: @unchecked Sendable {
    /// One kernel and where its operands lie.
    struct Step {
        let kernel: Kernel
        let node: Int
        let firstOperand: Int
        let inputCount: Int
        let scratchOffset: Int
    }

    /// The layout of the parameter vector that ``run(parameters:gradients:inputs:invocation:)`` takes.
    public let layout: ParameterLayout
    /// The specialised graph, backward nodes and conversions included.
    public let graph: Graph
    /// The threads that a run uses.
    public let workers: Workers
    /// The size of the arena in bytes.
    public let arenaBytes: Int
    /// What all results and scratch buffers would take without sharing memory.
    public let unsharedBytes: Int
    /// The types of the results, in the order of the graph's outputs.
    public let outputTypes: [ValueType]

    let steps: [Step]
    private let operands: [Location?]
    private let outputs: [Location]
    private let constants: [AlignedBuffer<UInt8>]
    private let arena: Arena
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
        graph: Graph, layout: ParameterLayout, layouts: [Layout], kernels: [Kernel?], plan: StoragePlan,
        outputs: [ValueID], fixed: [ValueID: Location], workers: Workers, arena: Arena
    ) throws {
        self.graph = graph
        self.layout = layout
        self.workers = workers
        var steps: [Step] = []
        var operands: [Location?] = []
        for (index, node) in graph.nodes.enumerated() {
            guard let kernel = kernels[index] else { continue }
            steps.append(
                Step(
                    kernel: kernel, node: index, firstOperand: operands.count, inputCount: node.inputs.count,
                    scratchOffset: plan.scratchOffsets[index]))
            operands += node.inputs.map { $0.flatMap { plan.locations[$0.index] } }
            operands += node.outputs.map { plan.locations[$0.index] }
        }
        self.steps = steps
        self.operands = operands
        self.outputs = outputs.compactMap { plan.locations[$0.index] }
        outputTypes = outputs.compactMap { graph.type(of: $0) }
        arenaBytes = plan.arenaBytes
        unsharedBytes = plan.unsharedBytes
        memory = try arena.reserve(plan.arenaBytes)
        self.arena = arena
        pointers = try AlignedBuffer(count: operands.count)
        constants = try plan.constants.compactMap { try graph[$0].constant?.bytes(as: E.self) }
        let reached = Set(fixed.values)
        unreached = layout.segments.filter { $0.kind.isTrainable && !reached.contains(.gradient($0.offset)) }
            .map(\.range)
    }

    /// The names of the kernels, in the order in which they run.
    public var kernelNames: [String] { steps.map(\.kernel.name) }

    /// Runs the program.
    ///
    /// - Parameters:
    ///   - parameters: the vector θ, `layout.count` elements. Training writes the running statistics behind
    ///     `layout.trainableCount`.
    ///   - gradients: `layout.trainableCount` elements, overwritten; may be `nil` for inference.
    ///   - inputs: the memory of each input, row-major, in the order of the graph's inputs: `E` for real numbers, `Int32`
    ///     for integers.
    ///   - invocation: seed and step of random operators.
    public func run(
        parameters: UnsafeMutablePointer<E>, gradients: UnsafeMutablePointer<E>? = nil, inputs: [UnsafeRawPointer],
        invocation: Invocation = Invocation()
    ) {
        prepare(parameters: parameters, gradients: gradients, inputs: inputs)
        for step in steps { step.kernel.run(call(of: step, invocation)) }
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

    /// The memory and the circumstances of a step.
    func call(of step: Step, _ invocation: Invocation) -> KernelCall {
        let table = UnsafeRawPointer(pointers.pointer).assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
        return KernelCall(
            operands: table + step.firstOperand, inputCount: step.inputCount,
            scratch: UnsafeMutableRawPointer(memory.pointer) + step.scratchOffset, workers: workers,
            invocation: invocation)
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
        case .parameter(let offset): bases.parameters.map { UnsafeMutableRawPointer($0 + offset) }
        case .gradient(let offset): bases.gradients.map { UnsafeMutableRawPointer($0 + offset) }
        case .input(let position): UnsafeMutableRawPointer(mutating: bases.inputs[position])
        case .constant(let number): UnsafeMutableRawPointer(constants[number].pointer)
        }
    }
}
