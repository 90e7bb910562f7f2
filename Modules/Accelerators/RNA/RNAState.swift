import Buffers
import Optimizers

/// The points that ``RNA`` combines, and the Gram matrix of their residuals. Not safe to use from two threads at once.
///
/// The caller's pointers are not kept: points are copied in one pass that also computes the Gram matrix's new row, reads
/// each stored vector once, and runs on all threads. Results do not depend on the number of threads, nor on how a vector is
/// cut into pieces. Once the window has filled, nothing more is allocated.
public final class RNAState<Element: Scalar> {
    /// The settings. λ and β may change between calls; N may not.
    public private(set) var settings: RNA
    /// The number of elements of a point.
    public let count: Int
    /// The number of elements of a residual: of the first so many elements of a point.
    public let residualCount: Int

    var history: RNAHistory<Element>
    var gram = GramMatrix(order: 0)
    var tally = Tally()
    /// The search that the last proposal began; not part of what is saved.
    var pending: RNASearch?
    /// What the last search settled on; not part of what is saved either.
    var chosen: RNASolution?
    private let partialSums: AlignedBuffer<Double>

    /// A history without points.
    ///
    /// - Parameters:
    ///   - settings: N, λ, β.
    ///   - count: the number of elements of a point.
    ///   - residualCount: the number of elements of a residual, at most `count`.
    /// - Throws: ``AcceleratorError`` for impossible counts or if memory is short.
    public init(_ settings: RNA, count: Int, residualCount: Int) throws(AcceleratorError) {
        guard count >= 0 else { throw .wrongCount(what: "point", expected: 0, found: count) }
        guard 0...count ~= residualCount else {
            throw .wrongCount(what: "residual", expected: count, found: residualCount)
        }
        self.settings = settings
        self.count = count
        self.residualCount = residualCount
        do {
            history = try RNAHistory(count: count, window: settings.window)
            partialSums = try AlignedBuffer(count: 2 * Combinations.chunks(count) * settings.window)
        } catch { throw .allocation(error) }
    }

    /// Takes over another λ, β or kind of residual for what follows.
    ///
    /// - Throws: ``AcceleratorError/setting(_:)`` if N differs: the history was made for it.
    public func configure(_ settings: RNA) throws(AcceleratorError) {
        let window = self.settings.window
        guard settings.window == window else {
            throw .setting(
                .outOfRange(
                    name: RNA.window.name, value: Double(settings.window),
                    allowed: "\(window), which this history was made for"))
        }
        self.settings = settings
    }

    /// Tells where the method starts, or goes on from when that is not the last point.
    ///
    /// - Throws: ``AcceleratorError`` for a vector of another length or with elements that are not finite.
    public func start(at point: Segments<Element>, workers: Workers = .all) throws(AcceleratorError) {
        try expect(point, "point", count)
        let slot = try allocate()
        guard copy(point, into: slot, workers) else { throw refuse("point") }
        history.origin = slot
    }

    /// Takes in a point; its residual is the difference to where the method went on from: the last point, or what
    /// ``start(at:workers:)`` was told since. Without either, the point starts the sequence and has no residual yet.
    ///
    /// - Throws: ``AcceleratorError``, with the history as it was, for a vector of another length, elements that are not
    ///   finite or a residual whose square overflows.
    public func push(_ point: Segments<Element>, workers: Workers = .all) throws(AcceleratorError) {
        guard let origin = history.origin else { return try start(at: point, workers: workers) }
        try expect(point, "point", count)
        let slot = try allocate()
        let entry = RNAHistory<Element>.Entry(point: slot, origin: origin, residual: nil)
        try append(entry, point: point, residual: nil, workers)
    }

    /// Takes in a point together with its residual. Where the point was reached from is not asked: with relaxation, x_i − r_i
    /// stands for it; without, a residual that is only proportional to x_i − y_{i−1} does as well.
    ///
    /// - Throws: ``AcceleratorError`` as ``push(_:workers:)``.
    public func push(
        _ point: Segments<Element>, residual: Segments<Element>, workers: Workers = .all
    ) throws(AcceleratorError) {
        try push(point, residual: residual, origin: nil, workers)
    }

    /// Takes in a point together with a residual that is only proportional to the difference to where the method went on
    /// from: the last point, or what ``start(at:workers:)`` was told since.
    ///
    /// - Throws: ``AcceleratorError`` as ``push(_:workers:)``.
    public func push(
        _ point: Segments<Element>, proportionalResidual residual: Segments<Element>, workers: Workers = .all
    ) throws(AcceleratorError) {
        try push(point, residual: residual, origin: history.origin, workers)
    }

    private func push(
        _ point: Segments<Element>, residual: Segments<Element>, origin: Int?, _ workers: Workers
    ) throws(AcceleratorError) {
        try expect(point, "point", count)
        try expect(residual, "residual", residualCount)
        let slot = try allocate()
        let entry = RNAHistory<Element>.Entry(point: slot, origin: origin, residual: try allocate([slot]))
        try append(entry, point: point, residual: residual, workers)
    }

    /// Forgets all points. The settings, the memory and what was counted stay.
    public func reset() {
        history.entries = []
        history.origin = nil
        pending = nil
        chosen = nil
        gram = GramMatrix(order: 0)
    }

    func expect(_ vector: Segments<Element>, _ what: String, _ expected: Int) throws(AcceleratorError) {
        guard vector.count == expected else { throw .wrongCount(what: what, expected: expected, found: vector.count) }
    }

    private func allocate(_ taken: Set<Int> = []) throws(AcceleratorError) -> Int {
        do { return try history.free(besides: taken) } catch { throw .allocation(error) }
    }

    private func refuse(_ what: String) -> AcceleratorError {
        tally.refused += 1
        return .notFinite(what: what)
    }

    /// Copies a vector, and returns whether all of it is finite.
    private func copy(_ source: Segments<Element>, into slot: Int, _ workers: Workers) -> Bool {
        let bad = AtomicFlag()
        let target = history.vectors[slot].pointer
        workers.split(Combinations.chunks(source.count)) { chunks, _ in
            for chunk in chunks {
                let range = Combinations.range(ofChunk: chunk, count: source.count)
                source.copy(range, to: target + range.lowerBound)
                if !Combinations.allFinite(target + range.lowerBound, count: range.count) { bad.raise() }
            }
        }
        return !bad.isRaised
    }

    /// Copies a point and its residual into the free vectors of `entry`, computes the Gram matrix's new row in the same
    /// pass, and enters it.
    private func append(
        _ entry: RNAHistory<Element>.Entry, point: Segments<Element>, residual: Segments<Element>?, _ workers: Workers
    ) throws(AcceleratorError) {
        let full = history.isFull
        let kept = (full ? Array(history.entries.dropFirst()) : history.entries) + [entry]
        let (later, earlier) = (kept.map(history.later), kept.map(history.earlier))
        let rows = kept.count
        let x = history.vectors[entry.point].pointer
        let r = entry.residual.map { history.vectors[$0].pointer }
        let sums = partialSums
        let (badPoint, badResidual) = (AtomicFlag(), AtomicFlag())
        sums.zero()
        workers.split(Combinations.chunks(count)) { [count, residualCount] chunks, _ in
            for chunk in chunks {
                let range = Combinations.range(ofChunk: chunk, count: count)
                point.copy(range, to: x + range.lowerBound)
                if !Combinations.allFinite(x + range.lowerBound, count: range.count) { badPoint.raise() }
                let part = range.clamped(to: 0..<residualCount)
                if part.isEmpty { continue }
                if let residual, let r {
                    residual.copy(part, to: r + part.lowerBound)
                    if !Combinations.allFinite(r + part.lowerBound, count: part.count) { badResidual.raise() }
                }
                let target = sums.pointer + 2 * chunk * rows
                Combinations.addGramRow(
                    later: later, earlier: earlier, range: part, to: target, rests: target + rows)
            }
        }
        if badPoint.isRaised { throw refuse("point") }
        if badResidual.isRaised { throw refuse("residual") }
        var row = [DoubleDouble](repeating: .zero, count: rows)
        for chunk in 0..<Combinations.chunks(residualCount) {
            let source = sums.pointer + 2 * chunk * rows
            for j in 0..<rows { row[j] += DoubleDouble(source[j], plus: source[rows + j]) }
        }
        guard row.allSatisfy(\.isFinite) else {
            tally.refused += 1
            throw .overflow
        }
        gram = gram.appending(row, droppingFirst: full)
        history.entries = kept
        history.origin = entry.point
        chosen = nil
        tally.points += 1
    }
}
