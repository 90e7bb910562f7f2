import Accelerators
import Buffers
import CKernels
import CSlipstream
import Optimizers

/// What an accelerator of a plugin remembers, with the last point to fall back to. What comes from the plugin is checked: a
/// proposal that is not finite is rejected and counted, like one of a built-in accelerator.
final class LoadedAcceleratorState<Element: Scalar>: AcceleratorState {
    private let functions: AcceleratorCalls<Element>
    private let name: String
    private let layout: VectorLayout
    private let memory: PluginMemory<Element>
    private let last: AlignedBuffer<Element>
    /// Whether ``last`` is a point.
    private var hasPoint = false
    private var tally = Tally()
    private var block: StateBlock<Element>?

    init(
        _ definition: AcceleratorDefinition, _ layout: VectorLayout, _ memory: PluginMemory<Element>
    ) throws(AcceleratorError) {
        functions = AcceleratorCalls(definition.functions)
        name = definition.declaration.name
        self.layout = layout
        self.memory = memory
        do { last = try AlignedBuffer(count: layout.count) } catch { throw .allocation(error) }
        // One that cannot be made says so here, not in the middle of a run.
        _ = try call("begin") { () throws(CallFailure) in try memory.state() }
    }

    private func call<Result>(
        _ action: String, _ body: () throws(CallFailure) -> Result
    ) throws(AcceleratorError) -> Result {
        do { return try body() } catch { throw .failed(accelerator: name, action: action, reason: error.reason) }
    }

    private func check(_ point: UnsafeBufferPointer<Element>) throws(AcceleratorError) {
        guard point.count == layout.count else {
            throw .wrongCount(what: "point", expected: layout.count, found: point.count)
        }
        guard isFinite(point) else {
            tally.refused += 1
            throw .notFinite(what: "point")
        }
    }

    private func isFinite(_ elements: UnsafeBufferPointer<Element>) -> Bool {
        guard let base = elements.baseAddress else { return true }
        let raw = UnsafeRawPointer(base)
        return Element.self == Float.self
            ? ck_all_finite_f32(raw.assumingMemoryBound(to: Float.self), elements.count) != 0
            : ck_all_finite_f64(raw.assumingMemoryBound(to: Double.self), elements.count) != 0
    }

    private func keep(_ point: UnsafeBufferPointer<Element>) {
        if let base = point.baseAddress { last.pointer.update(from: base, count: point.count) }
        hasPoint = true
    }

    func start(at point: UnsafeBufferPointer<Element>, workers: Workers) throws(AcceleratorError) {
        try check(point)
        try call("start") { () throws(CallFailure) in
            try functions.start(memory.state(), point, threads: workers.count)
        }
        keep(point)
    }

    func observe(
        _ point: UnsafeBufferPointer<Element>, meanGradient: UnsafeBufferPointer<Element>?, workers: Workers
    ) throws(AcceleratorError) {
        try check(point)
        if functions.wantsMeanGradient {
            guard let meanGradient else { throw .missingGradient }
            guard meanGradient.count == layout.gradientCount else {
                throw .wrongCount(what: "mean gradient", expected: layout.gradientCount, found: meanGradient.count)
            }
        }
        try call("observe a point") { () throws(CallFailure) in
            try functions.observe(
                memory.state(), point, functions.wantsMeanGradient ? meanGradient : nil, threads: workers.count)
        }
        keep(point)
        tally.points += 1
    }

    func propose(
        into target: UnsafeMutableBufferPointer<Element>, workers: Workers
    ) throws(AcceleratorError) -> Proposal {
        guard target.count == layout.count else {
            throw .wrongCount(what: "target", expected: layout.count, found: target.count)
        }
        guard hasPoint else { throw .noPoints }
        _ = target.update(fromContentsOf: last.elements)
        let isProposed = try call("propose a point") { () throws(CallFailure) in
            try functions.propose(memory.state(), target, threads: workers.count)
        }
        let proposal: Proposal =
            if !isProposed {
                .rejected(.tooFewPoints)
            } else if !isFinite(UnsafeBufferPointer(target)) {
                .rejected(.notFinite)
            } else {
                .accepted
            }
        if proposal != .accepted { _ = target.update(fromContentsOf: last.elements) }
        tally.count(proposal)
        return proposal
    }

    func withdrawProposal() {
        tally.withdraw()
        if let state = try? memory.state() { functions.withdraw(state) }
    }

    func reset() {
        memory.reset()
        hasPoint = false
    }

    var diagnostics: Diagnostics {
        // A plugin that cannot tell holds nothing, so that a run that waits for a full window is not restarted.
        let fill = (try? memory.state()).flatMap { functions.fill($0) } ?? (held: 0, window: 1)
        return Diagnostics(
            window: fill.window, fill: fill.held, coefficients: [], conditionNumber: nil, tally: tally)
    }

    func capture() throws(StateError) { block = try memory.save() }

    var vectors: [(name: String, elements: UnsafeBufferPointer<Element>)] {
        [("last", last.elements)] + (block?.vectors ?? [])
    }

    var numbers: [(name: String, values: [Double])] { ownNumbers + (block?.numbers ?? []) }

    private var ownNumbers: [(name: String, values: [Double])] {
        [("started", [hasPoint ? 1 : 0]), ("tally", tally.numbers)]
    }

    func restore(
        vectors: [String: UnsafeBufferPointer<Element>], numbers: [String: [Double]]
    ) throws(StateError) {
        let saved = SavedState(vectors: vectors, numbers: numbers)
        let block = try StateBlock(saved)
        try saved.expect(
            vectors: [("last", layout.count)] + block.vectors.map { ($0.name, $0.elements.count) },
            numbers: (ownNumbers + block.numbers).map { ($0.name, $0.values.count) })
        let started = try saved.count("started", in: 0...1) == 1
        let tally = try Tally(numbers: saved.numbers["tally"] ?? [])
        try memory.load(block)
        if let source = saved.vectors["last"]?.baseAddress { last.pointer.update(from: source, count: last.count) }
        (hasPoint, self.tally) = (started, tally)
    }
}
