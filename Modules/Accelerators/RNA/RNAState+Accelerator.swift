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
        let isWritten = try writeCandidate(of: &search, into: target, workers: workers)
        let proposal = isWritten ? .accepted : Proposal.rejected(solve().rejection ?? .notFinite)
        pending = isWritten ? search : nil
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
        if try writeCandidate(of: &search, into: target, workers: workers) {
            pending = search
            return .measure
        }
        pending = nil
        if try writeBest(of: search, into: target, workers) { return .settled(objective: search.bestObjective) }
        tally.withdraw()
        return .noneBetter
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
