import Accelerators
import Buffers
import CSlipstream
import Optimizers

extension RNAHandle {
    func coefficients(
        _ target: UnsafeMutablePointer<Double>?, capacity: Int, _ count: UnsafeMutablePointer<Int>?
    ) throws(Failure) -> slip_status {
        let count = try require(count, "count")
        let coefficients = made?.solve().coefficients ?? []
        count.pointee = coefficients.count
        if target == nil, capacity == 0 { return SLIP_OK }
        let target = try require(target, "coefficients")
        guard UInt(coefficients.count) <= UInt(bitPattern: capacity) else {
            throw Failure(
                SLIP_WRONG_COUNT, "there are \(coefficients.count) coefficients, and the array holds \(capacity)")
        }
        target.update(from: coefficients, count: coefficients.count)
        return SLIP_OK
    }

    func readStatistics(_ target: UnsafeMutablePointer<slip_rna_statistics>?) throws(Failure) -> slip_status {
        let target = try require(target, "statistics")
        try Tagged.check(target, "statistics", least: Tagged.firstSize(of: slip_rna_statistics.self))
        let solution = made?.solve()
        let tally = made?.diagnostics.tally ?? Tally()
        func rejected(_ reason: Rejection) -> UInt64 { UInt64(tally.rejected[reason] ?? 0) }
        Tagged.write(
            slip_rna_statistics(
                size: 0, window: UInt64(parameters[RNA.window]), fill: UInt64(made?.fill ?? 0),
                points: UInt64(tally.points), refused: UInt64(tally.refused), accepted: UInt64(tally.accepted),
                rejected_too_few_points: rejected(.tooFewPoints), rejected_zero_residuals: rejected(.zeroResiduals),
                rejected_vanishing_sum: rejected(.vanishingSum), rejected_not_finite: rejected(.notFinite),
                rejected_worse: rejected(.worse), condition_number: solution?.conditionNumber ?? .nan,
                spectral_norm: solution?.spectralNorm ?? 0), to: target)
        return SLIP_OK
    }

    private var kind: String { "\(RNA.name) \(Element.scalarName)" }

    func save(
        _ block: UnsafeMutableRawPointer?, _ capacity: Int, _ size: UnsafeMutablePointer<Int>?
    ) throws(Failure) -> slip_status {
        var content = SavedHandle.begin(kind, layout, parameters)
        SavedHandle.add(made, to: &content)
        return try content.write(to: block, capacity: capacity, size, workers: workers)
    }

    func load(_ block: UnsafeRawPointer?, _ size: Int) throws(Failure) -> slip_status {
        let block = try BlockReader(block, size, workers: workers)
        // What is read of it points into memory that it may own.
        defer { withExtendedLifetime(block) {} }
        let parameters = try SavedHandle.parameters(in: block, kind: kind, layout: layout, for: parameters)
        var state: RNAState<Element>?
        if try SavedHandle.hasState(block) {
            let made = try makeState(parameters)
            try SavedHandle.restore(made, from: block)
            state = made
        }
        (made, self.parameters, search) = (state, parameters, nil)
        return SLIP_OK
    }
}
