import Accelerators
import Buffers
import CSlipstream

extension RNAHandle {
    private func underWay() throws(Failure) -> (made: RNAState<Element>, search: RNASearch, isMeasuring: Bool) {
        guard let made, let search else {
            throw Failure(SLIP_WRONG_STATE, "no search is under way: it has not begun, or points have changed since")
        }
        return (made, search.state, search.isMeasuring)
    }

    func beginSearch(lastObjective: Double) throws(Failure) -> slip_status {
        guard let made, !made.vectors.isEmpty else { throw Failure(.noPoints) }
        let grid: RNAGrid = parameters.values[RNA.grid.name] == 2 ? .singularValues : .logarithmic
        search = (
            made.search(
                grid, lastObjective: lastObjective, triesSteps: parameters.values[RNA.stepSearch.name] != 0), false
        )
        return SLIP_OK
    }

    func nextCandidate<P: Piece<Element>>(
        _ array: UnsafePointer<P>?, _ number: Int, _ candidate: UnsafeMutablePointer<slip_rna_candidate>?
    ) throws(Failure) -> slip_status {
        var (made, search, _) = try underWay()
        let target = try target(array, number)
        if let candidate { try Tagged.check(candidate, "candidate", least: firstSize) }
        let isWritten = try accelerating { () throws(AcceleratorError) in
            try made.writeCandidate(of: &search, into: target, workers: workers)
        }
        self.search = (search, isWritten)
        guard isWritten else { return SLIP_DONE }
        if let candidate { describe(search.candidate, objective: .nan, to: candidate) }
        return SLIP_OK
    }

    func report(_ objective: Double) throws(Failure) -> slip_status {
        var (_, search, isMeasuring) = try underWay()
        guard isMeasuring else {
            throw Failure(SLIP_WRONG_STATE, "no point has been written that is to be measured")
        }
        search.report(objective)
        self.search = (search, false)
        return SLIP_OK
    }

    func finishSearch<P: Piece<Element>>(
        _ array: UnsafePointer<P>?, _ number: Int, _ best: UnsafeMutablePointer<slip_rna_candidate>?
    ) throws(Failure) -> slip_status {
        let (made, search, _) = try underWay()
        let target = try target(array, number)
        if let best { try Tagged.check(best, "best", least: firstSize) }
        let outcome = try accelerating { () throws(AcceleratorError) in
            try made.settle(search, into: target, workers: workers)
        }
        self.search = nil
        guard outcome == .accepted else { return SLIP_REJECTED }
        if let best { describe(search.best, objective: search.bestObjective, to: best) }
        return SLIP_OK
    }

    private var firstSize: Int { Tagged.firstSize(of: slip_rna_candidate.self) }

    private func describe(
        _ candidate: RNACandidate?, objective: Double, to target: UnsafeMutablePointer<slip_rna_candidate>
    ) {
        guard let candidate else { return }
        Tagged.write(
            slip_rna_candidate(
                size: 0, regularization: candidate.regularization, step: candidate.step, objective: objective),
            to: target)
    }
}
