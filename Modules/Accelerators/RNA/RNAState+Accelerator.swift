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
        try push(Segments(point), residual: Segments(meanGradient), workers: workers)
    }

    public func propose(
        into target: UnsafeMutableBufferPointer<Element>, workers: Workers
    ) throws(AcceleratorError) -> Proposal {
        try extrapolate(into: MutableSegments(target), workers: workers)
    }

    public func withdrawProposal() { tally.withdraw() }

    public var diagnostics: Diagnostics {
        let solution = solve()
        return Diagnostics(
            window: settings.window, fill: fill, coefficients: solution.coefficients,
            conditionNumber: solution.conditionNumber.isNaN ? nil : solution.conditionNumber, tally: tally)
    }
}
