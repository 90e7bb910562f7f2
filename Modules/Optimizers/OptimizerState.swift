import Buffers

/// What an optimizer remembers from step to step: named vectors as long as the trainable part of θ, and named numbers.
///
/// The caller owns it, and saves and restores it through ``SerializableState``. Not safe to use from two threads at once.
public final class OptimizerState<Element: Scalar>: SerializableState {
    /// The rule that it was made for.
    public let rule: String
    /// Which slice of θ is which tensor.
    public let layout: ParameterLayout
    /// The number of steps done.
    public internal(set) var steps = 0
    /// Other numbers, in the order of their declaration.
    public private(set) var scalars: [(name: String, value: Double)]
    private let firstScalars: [(name: String, value: Double)]
    /// What the rule remembers in a form of its own; `nil` for most.
    public let opaque: (any OpaqueState<Element>)?
    private let buffers: [(name: String, values: AlignedBuffer<Element>)]
    private var block: StateBlock<Element>?

    /// A state before the first step: all vectors zero.
    ///
    /// - Parameters:
    ///   - rule: the rule's name.
    ///   - layout: which slice of θ is which tensor.
    ///   - vectors: the names of the vectors, each unique.
    ///   - scalars: the names and first values of the numbers, each name unique.
    ///   - opaque: what the rule remembers in a form of its own.
    public init(
        rule: String, layout: ParameterLayout, vectors: [String] = [], scalars: [(name: String, value: Double)] = [],
        opaque: (any OpaqueState<Element>)? = nil
    ) throws(AllocationError) {
        self.rule = rule
        self.layout = layout
        self.scalars = scalars
        firstScalars = scalars
        self.opaque = opaque
        var buffers: [(name: String, values: AlignedBuffer<Element>)] = []
        for name in vectors { buffers.append((name, try AlignedBuffer(count: layout.trainableCount))) }
        self.buffers = buffers
    }

    /// The vector called `name`, which must have been declared.
    public subscript(vector name: String) -> AlignedBuffer<Element> {
        // A search with a closure allocates, and every step comes here.
        for buffer in buffers where buffer.name == name { return buffer.values }
        preconditionFailure("the state of \(rule) has no vector '\(name)'")
    }

    /// The number called `name`, which must have been declared.
    public subscript(scalar name: String) -> Double {
        get { scalars[scalarIndex(name)].value }
        set { scalars[scalarIndex(name)].value = newValue }
    }

    private func scalarIndex(_ name: String) -> Int {
        for index in scalars.indices where scalars[index].name == name { return index }
        preconditionFailure("the state of \(rule) has no number '\(name)'")
    }

    /// Forgets every step: the state is as it was made.
    public func reset() {
        for buffer in buffers { buffer.values.zero() }
        scalars = firstScalars
        steps = 0
        opaque?.reset()
        block = nil
    }

    public func capture() throws(StateError) { block = try opaque?.save() }

    public var vectors: [(name: String, elements: UnsafeBufferPointer<Element>)] {
        buffers.map { ($0.name, $0.values.elements) } + (block?.vectors ?? [])
    }

    public var numbers: [(name: String, values: [Double])] { ownNumbers + (block?.numbers ?? []) }

    private var ownNumbers: [(name: String, values: [Double])] {
        [("steps", [Double(steps)])] + scalars.map { ($0.name, [$0.value]) }
    }

    public func restore(
        vectors: [String: UnsafeBufferPointer<Element>], numbers: [String: [Double]]
    ) throws(StateError) {
        let saved = SavedState(vectors: vectors, numbers: numbers)
        let block = try opaque.map { _ throws(StateError) in try StateBlock(saved) }
        try saved.expect(
            vectors: buffers.map { ($0.name, $0.values.count) }
                + (block?.vectors.map { ($0.name, $0.elements.count) } ?? []),
            numbers: ownNumbers.map { ($0.name, $0.values.count) } + (block?.numbers.map { ($0.name, 1) } ?? []))
        let steps = try saved.count("steps", in: 0...(1 << 53))
        if let block { try opaque?.load(block) }
        for (name, values) in buffers {
            guard let source = saved.vectors[name]?.baseAddress else { continue }
            values.pointer.update(from: source, count: values.count)
        }
        for index in scalars.indices { scalars[index].value = saved.numbers[scalars[index].name]?[0] ?? 0 }
        self.steps = steps
    }
}
