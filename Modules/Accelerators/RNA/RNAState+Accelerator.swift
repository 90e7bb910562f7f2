import Buffers

extension RNAState: AcceleratorState {
    public func start(at point: UnsafeBufferPointer<Element>, workers: Workers) throws(AcceleratorError) {
        try start(at: Segments(point), workers: workers)
    }

    public func observe(
        _ point: UnsafeBufferPointer<Element>, meanGradient: UnsafeBufferPointer<Element>?, workers: Workers
    ) throws(AcceleratorError) {
        guard settings.gradientResiduals else { return try push(Segments(point), workers: workers) }
        guard let meanGradient else { throw .missingGradient }
        try push(Segments(point), proportionalResidual: Segments(meanGradient), workers: workers)
    }

    public func propose(
        into target: UnsafeMutableBufferPointer<Element>, workers: Workers
    ) throws(AcceleratorError) -> Proposal {
        let target = MutableSegments(target)
        pending = nil
        guard let grid = settings.grid, fill > 0 else { return try extrapolate(into: target, workers: workers) }
        guard target.count == count else { throw .wrongCount(what: "target", expected: count, found: target.count) }
        var search = self.search(grid, lastObjective: .infinity, triesSteps: settings.triesSteps)
        let isWritten = try writeCandidate(of: &search, into: target, workers)
        let proposal = isWritten ? .accepted : Proposal.rejected(solve().rejection ?? .notFinite)
        pending = isWritten ? search : nil
        if !isWritten { writeLast(into: target, workers) }
        tally.count(proposal)
        return proposal
    }

    public func refine(
        last: Double, proposed: Double, into target: UnsafeMutableBufferPointer<Element>, workers: Workers
    ) throws(AcceleratorError) -> Refinement {
        guard var search = pending else { return .settled(objective: proposed) }
        let target = MutableSegments(target)
        guard target.count == count else { throw .wrongCount(what: "target", expected: count, found: target.count) }
        search.compare(with: last)
        search.report(proposed)
        if try writeCandidate(of: &search, into: target, workers) {
            pending = search
            return .measure
        }
        pending = nil
        if let best = search.best, try combine(best, into: target, workers: workers) {
            chosen = best.solution
            return .settled(objective: search.bestObjective)
        }
        writeLast(into: target, workers)
        tally.withdraw()
        return .noneBetter
    }

    /// Writes the next candidate that is finite; false if there is none.
    private func writeCandidate(
        of search: inout RNASearch, into target: MutableSegments<Element>, _ workers: Workers
    ) throws(AcceleratorError) -> Bool {
        while let candidate = search.candidate {
            if try combine(candidate, into: target, workers: workers) { return true }
            search.report(.infinity)
        }
        return false
    }

    public func withdrawProposal() { tally.withdraw() }

    public var isFull: Bool { history.isFull }

    public var diagnostics: Diagnostics {
        let solution = chosen ?? solve()
        return Diagnostics(
            window: settings.window, fill: fill, coefficients: solution.coefficients,
            conditionNumber: solution.conditionNumber.isNaN ? nil : solution.conditionNumber, tally: tally)
    }
}
