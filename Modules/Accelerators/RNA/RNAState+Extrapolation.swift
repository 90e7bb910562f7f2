import Buffers

extension RNAState {
    /// The systems of the points held now.
    var system: RNASystem { RNASystem(gram, precision: Combinations.gramPrecision(of: Element.self)) }

    /// The coefficients of the points held now; computed from the Gram matrix, whatever the points' length.
    ///
    /// - Parameter regularization: λ, if another one than the settings' is to be tried.
    public func solve(regularization: Double? = nil) -> RNASolution {
        system.solve(regularization: regularization ?? settings.regularization)
    }

    /// RᵀR, row by row, oldest point first.
    public var gramMatrix: [Double] { gram.elements.map(\.high) }

    /// The number of points that would be combined now.
    public var fill: Int { history.entries.count }

    /// Writes the extrapolation, in one pass on all threads; where it is rejected, the last point instead.
    ///
    /// Counts the outcome. Sums are taken in double precision.
    ///
    /// - Throws: ``AcceleratorError/noPoints`` if there has been none,
    ///   ``AcceleratorError/wrongCount(what:expected:found:)`` for a target of another length.
    @discardableResult
    public func extrapolate(
        into target: MutableSegments<Element>, workers: Workers = .all
    ) throws(AcceleratorError) -> Proposal {
        try expect(target)
        guard last != nil else { throw .noPoints }
        let solution = solve()
        var proposal = Proposal.accepted
        if let reason = solution.rejection {
            proposal = .rejected(reason)
        } else if !combine(solution.weights, step: 1, into: target, workers) {
            proposal = .rejected(.notFinite)
        }
        if proposal != .accepted { writeLast(into: target, workers) }
        tally.count(proposal)
        return proposal
    }

    /// The search for the best extrapolation of the points held now, to be measured by the caller. Nothing is counted.
    ///
    /// - Parameters:
    ///   - grid: the regularizations to try.
    ///   - lastObjective: the objective at the last point.
    ///   - triesSteps: whether longer steps along the best extrapolation are tried, too.
    public func search(_ grid: RNAGrid, lastObjective: Double, triesSteps: Bool = true) -> RNASearch {
        let system = self.system
        let candidates = grid.values(singularValues: system.singularValues).map {
            RNACandidate(regularization: $0, step: 1, solution: system.solve(regularization: $0))
        }
        return RNASearch(
            candidates.filter { $0.solution.rejection == nil }, lastObjective: lastObjective, triesSteps: triesSteps)
    }

    /// Writes the next point that a search wants measured and that is finite, passing over those that are not; where there
    /// is none, the last point, and returns false.
    ///
    /// - Throws: ``AcceleratorError/noPoints`` if there has been none, and as ``combine(_:into:workers:)``.
    public func writeCandidate(
        of search: inout RNASearch, into target: MutableSegments<Element>, workers: Workers = .all
    ) throws(AcceleratorError) -> Bool {
        try expect(target)
        guard last != nil else { throw .noPoints }
        while let candidate = search.candidate {
            if try combine(candidate, into: target, workers: workers) { return true }
            search.report(.infinity)
        }
        writeLast(into: target, workers)
        return false
    }

    /// Ends a search: writes the best of the points measured, or the last point where none is better, and counts the
    /// outcome.
    ///
    /// - Throws: as ``writeCandidate(of:into:workers:)``.
    @discardableResult
    public func settle(
        _ search: RNASearch, into target: MutableSegments<Element>, workers: Workers = .all
    ) throws(AcceleratorError) -> Proposal {
        try expect(target)
        guard last != nil else { throw .noPoints }
        let isWritten = try writeBest(of: search, into: target, workers)
        let reason = search.measurements == 0 ? solve().rejection ?? .worse : .worse
        let proposal = isWritten ? Proposal.accepted : .rejected(reason)
        tally.count(proposal)
        return proposal
    }

    /// Writes the best of the points that a search measured, or the last point and returns false.
    func writeBest(
        of search: RNASearch, into target: MutableSegments<Element>, _ workers: Workers
    ) throws(AcceleratorError) -> Bool {
        if let best = search.best, try combine(best, into: target, workers: workers) {
            chosen = best.solution
            return true
        }
        writeLast(into: target, workers)
        return false
    }

    /// Writes the point that a search wants measured, and returns whether all of it is finite.
    ///
    /// - Throws: ``AcceleratorError/wrongCount(what:expected:found:)`` for a target of another length, or a candidate of
    ///   another number of points than are held now.
    public func combine(
        _ candidate: RNACandidate, into target: MutableSegments<Element>, workers: Workers = .all
    ) throws(AcceleratorError) -> Bool {
        try expect(target)
        guard candidate.solution.weights.count == fill else {
            throw .wrongCount(what: "candidate's window", expected: fill, found: candidate.solution.weights.count)
        }
        return combine(candidate.solution.weights, step: candidate.step, into: target, workers)
    }

    private func expect(_ target: MutableSegments<Element>) throws(AcceleratorError) {
        guard target.count == count else { throw .wrongCount(what: "target", expected: count, found: target.count) }
    }

    private var last: Int? { history.entries.last?.point ?? history.origin }

    /// Writes the last point.
    func writeLast(into target: MutableSegments<Element>, _ workers: Workers) {
        guard let last else { return }
        let copy = [(vector: history.vectors[last], weight: DoubleDouble(1))]
        _ = Combinations.combine(copy, range: 0..<count, into: target, workers: workers)
    }

    /// Writes x_0 + t (Σ c_i (y_{i−1} + β (x_i − y_{i−1})) − x_0), and returns whether all of it is finite.
    private func combine(
        _ coefficients: [DoubleDouble], step: Double, into target: MutableSegments<Element>, _ workers: Workers
    ) -> Bool {
        let (beta, t) = (DoubleDouble(settings.relaxation), DoubleDouble(step))
        let one = DoubleDouble(1)
        var points: [(vector: Int, weight: DoubleDouble)] = []
        var residuals: [(vector: Int, weight: DoubleDouble)] = []
        /// Adds a point on the way from y_{i−1} to x_i.
        func add(_ entry: RNAHistory<Element>.Entry, at share: DoubleDouble, weight: DoubleDouble) {
            if let origin = entry.origin {
                points.append((entry.point, share * weight))
                points.append((origin, (one - share) * weight))
            } else {
                points.append((entry.point, weight))
                if let residual = entry.residual { residuals.append((residual, (share - one) * weight)) }
            }
        }
        for (entry, c) in zip(history.entries, coefficients) { add(entry, at: beta, weight: t * c) }
        if step != 1, let first = history.entries.first { add(first, at: .zero, weight: one - t) }
        // Residuals may be shorter than points: beyond them, the later point stands for the earlier one.
        let head = terms(points + residuals)
        let tail = terms(points)
        let headIsFinite = Combinations.combine(head, range: 0..<residualCount, into: target, workers: workers)
        let tailIsFinite = Combinations.combine(tail, range: residualCount..<count, into: target, workers: workers)
        return headIsFinite && tailIsFinite
    }

    /// Each vector once, with the sum of its weights, in the order of the first use; vectors without weight are not read.
    private func terms(
        _ uses: [(vector: Int, weight: DoubleDouble)]
    ) -> [(vector: AlignedBuffer<Element>, weight: DoubleDouble)] {
        var order: [Int] = []
        var weights: [Int: DoubleDouble] = [:]
        for (vector, weight) in uses {
            if weights[vector] == nil { order.append(vector) }
            weights[vector, default: .zero] += weight
        }
        return order.compactMap { index in
            guard let weight = weights[index], weight != .zero else { return nil }
            return (history.vectors[index], weight)
        }
    }
}
