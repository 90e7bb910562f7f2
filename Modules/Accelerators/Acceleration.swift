import Buffers
import Optimizers

/// Whether an accelerator's proposals change the run.
public enum AccelerationMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// The run is only observed.
    case offline
    /// An accepted proposal becomes the run's next point.
    case online
    /// As online, but a proposal is only made when the window is full, and the history starts anew behind it.
    case restart
}

/// An accelerator at work on a run: it is told of steps and of epochs' ends, and proposes points.
///
///     let acceleration = try Acceleration<Float>(RNA(), mode: .offline, count: n, gradientCount: m)
///     try acceleration.begin(at: theta.elements, workers: workers)
///     for epoch in 1...epochs {
///         for batch in batches { …; try acceleration.observeGradient(g.elements, workers: workers); … }
///         try acceleration.endEpoch(at: theta.elements, workers: workers)
///         let plain = loss(theta)
///         while try acceleration.refine(plain: plain, proposed: loss(acceleration.proposal), workers: workers) {}
///         try acceleration.decide(plain: plain, moving: theta.mutableElements, workers: workers)
///     }
///
/// Where the guard is not wanted, leave the objectives out; an accelerator that tries several points needs them. Offline,
/// ``decide(plain:proposed:moving:workers:)`` only counts. Not safe to use from two threads at once.
public final class Acceleration<Element: Scalar>: SerializableState {
    /// Whether proposals change the run.
    public let mode: AccelerationMode
    /// The last proposed point; the run's own point where the proposal was rejected.
    public let proposal: AlignedBuffer<Element>
    /// What became of the last proposal, if there has been one since the state was made or restored.
    public private(set) var outcome: Proposal?
    /// The objective at ``proposal``, if ``refine(plain:proposed:workers:)`` was told it.
    public private(set) var objective: Double?
    private let state: any AcceleratorState<Element>
    private let gradients: GradientMean<Element>?

    /// Puts an accelerator to work.
    ///
    /// - Parameters:
    ///   - accelerator: the method and its settings.
    ///   - mode: whether proposals change the run.
    ///   - count: the number of elements of a point, running statistics included.
    ///   - gradientCount: the number of elements of a gradient: of the first so many elements of a point.
    /// - Throws: ``AcceleratorError`` for impossible counts or if memory is short.
    public init(
        _ accelerator: any Accelerator, mode: AccelerationMode, count: Int, gradientCount: Int
    ) throws(AcceleratorError) {
        self.mode = mode
        state = try accelerator.makeState(count: count, gradientCount: gradientCount, as: Element.self)
        do {
            proposal = try AlignedBuffer(count: count)
            gradients = accelerator.needsMeanGradient ? try GradientMean(count: gradientCount) : nil
        } catch { throw .allocation(error) }
    }

    /// What the accelerator holds and what was counted.
    public var diagnostics: Diagnostics { state.diagnostics }

    /// Tells where the run starts, or goes on from when that is not the last point: a method with momentum evaluates its
    /// next gradient elsewhere.
    ///
    /// - Throws: ``AcceleratorError`` for a vector of another length or with elements that are not finite.
    public func begin(at point: UnsafeBufferPointer<Element>, workers: Workers) throws(AcceleratorError) {
        try state.start(at: point, workers: workers)
    }

    /// Tells the gradient of a step; costs nothing unless the accelerator wants the mean.
    ///
    /// - Throws: ``AcceleratorError/wrongCount(what:expected:found:)`` for a gradient of another length.
    public func observeGradient(
        _ gradient: UnsafeBufferPointer<Element>, workers: Workers
    ) throws(AcceleratorError) {
        try gradients?.add(gradient, workers: workers)
    }

    /// Tells the point at the end of an epoch, and asks for a proposal, which is written to ``proposal``.
    ///
    /// - Throws: ``AcceleratorError`` for a vector of another length or with elements that are not finite.
    @discardableResult
    public func endEpoch(
        at point: UnsafeBufferPointer<Element>, workers: Workers
    ) throws(AcceleratorError) -> Proposal {
        try state.observe(point, meanGradient: gradients?.mean.elements, workers: workers)
        gradients?.reset()
        objective = nil
        if mode == .restart, !state.isFull {
            copy(point, to: proposal.mutableElements, workers)
            outcome = .deferred
            return .deferred
        }
        let outcome = try state.propose(into: proposal.mutableElements, workers: workers)
        self.outcome = outcome
        return outcome
    }

    /// Tells the objective at ``proposal``, and asks for another point to measure.
    ///
    /// - Parameters:
    ///   - plain: the objective at the run's own point, less being better.
    ///   - proposed: the objective at ``proposal``. NaN is worse than any number.
    ///   - workers: the threads to use.
    /// - Returns: whether ``proposal`` is now another point to measure; if not, it is the best of those measured, with the
    ///   objective ``objective``, or the run's own point, and ``outcome`` tells which.
    /// - Throws: ``AcceleratorError/noPoints`` if there is no proposal to refine.
    public func refine(plain: Double, proposed: Double, workers: Workers) throws(AcceleratorError) -> Bool {
        guard let outcome else { throw .noPoints }
        guard outcome == .accepted else { return false }
        switch try state.refine(
            last: plain, proposed: proposed, into: proposal.mutableElements, workers: workers)
        {
        case .measure: return true
        case .settled(let objective): self.objective = objective
        case .noneBetter: self.outcome = .rejected(.worse)
        }
        return false
    }

    /// Decides on the last proposal and, online, moves the run to it if it is taken.
    ///
    /// - Parameters:
    ///   - plain: the objective at the run's own point, less being better; nil if it is not measured.
    ///   - proposed: the objective at ``proposal``; nil if it is not measured, or known from
    ///     ``refine(plain:proposed:workers:)``. NaN is worse than any number.
    ///   - point: the run's point; written only online and only if the proposal is taken.
    ///   - workers: the threads to use.
    /// - Returns: what became of the proposal.
    /// - Throws: ``AcceleratorError/noPoints`` if there is no proposal to decide on,
    ///   ``AcceleratorError/wrongCount(what:expected:found:)`` for a point of another length.
    @discardableResult
    public func decide(
        plain: Double? = nil, proposed: Double? = nil, moving point: UnsafeMutableBufferPointer<Element>,
        workers: Workers
    ) throws(AcceleratorError) -> Proposal {
        guard let outcome else { throw .noPoints }
        guard outcome != .deferred else { return outcome }
        var decision = outcome
        if outcome == .accepted, let plain, let proposed = proposed ?? objective, proposed.isNaN || proposed > plain {
            state.withdrawProposal()
            decision = .rejected(.worse)
            self.outcome = decision
        }
        guard mode == .restart || (mode == .online && decision == .accepted) else { return decision }
        guard point.count == proposal.count else {
            throw .wrongCount(what: "point", expected: proposal.count, found: point.count)
        }
        if decision == .accepted { copy(proposal.elements, to: point, workers) }
        if mode == .restart { state.reset() }
        try state.start(at: UnsafeBufferPointer(point), workers: workers)
        return decision
    }

    private func copy(
        _ source: UnsafeBufferPointer<Element>, to target: UnsafeMutableBufferPointer<Element>, _ workers: Workers
    ) {
        workers.split(target.count, grain: Combinations.chunk) { range, _ in
            _ = target[range].update(fromContentsOf: source[range])
        }
    }

    public func capture() throws(StateError) { try state.capture() }

    public var vectors: [(name: String, elements: UnsafeBufferPointer<Element>)] {
        state.vectors.map { ("history.\($0.name)", $0.elements) }
            + (gradients?.vectors.map { ("gradients.\($0.name)", $0.elements) } ?? [])
    }

    public var numbers: [(name: String, values: [Double])] {
        state.numbers.map { ("history.\($0.name)", $0.values) }
            + (gradients?.numbers.map { ("gradients.\($0.name)", $0.values) } ?? [])
    }

    /// Takes over a saved state; ``proposal`` and ``outcome`` are not part of it, so save between a decision and the next
    /// epoch's end.
    public func restore(
        vectors: [String: UnsafeBufferPointer<Element>], numbers: [String: [Double]]
    ) throws(StateError) {
        let history = (
            vectors: Acceleration.part("history.", of: vectors), numbers: Acceleration.part("history.", of: numbers)
        )
        let mean = (
            vectors: Acceleration.part("gradients.", of: vectors),
            numbers: Acceleration.part("gradients.", of: numbers)
        )
        let known = history.vectors.count + mean.vectors.count + history.numbers.count + mean.numbers.count
        guard known == vectors.count + numbers.count, gradients != nil || mean.vectors.count + mean.numbers.count == 0
        else {
            let names = (Array(vectors.keys) + numbers.keys).sorted()
            let foreign = names.first { !$0.hasPrefix("history.") && (gradients == nil || !$0.hasPrefix("gradients.")) }
            throw .unexpected(name: foreign ?? "", expected: self.numbers.map(\.name))
        }
        // The larger part first: it checks everything before it changes anything, and the smaller one is checked with it.
        if let gradients {
            let saved = SavedState(vectors: mean.vectors, numbers: mean.numbers)
            try saved.expect(vectors: [("mean", gradients.mean.count)], numbers: [("gradients", 1)])
            _ = try saved.count("gradients", in: 0...(1 << 53))
        }
        try state.restore(vectors: history.vectors, numbers: history.numbers)
        try gradients?.restore(vectors: mean.vectors, numbers: mean.numbers)
        outcome = nil
        objective = nil
    }

    private static func part<Value>(_ prefix: String, of all: [String: Value]) -> [String: Value] {
        var part: [String: Value] = [:]
        for (name, value) in all where name.hasPrefix(prefix) { part[String(name.dropFirst(prefix.count))] = value }
        return part
    }
}
