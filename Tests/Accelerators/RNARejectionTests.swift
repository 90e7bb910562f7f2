import Accelerators
import Buffers
import Optimizers
import Testing

@Suite struct RNARejectionTests {
    let points = Sequences.make("random", length: 6, seed: 8)

    @Test func aPointThatIsNotFiniteIsRefusedCountedAndLeavesNoTrace() throws {
        let state = try history(RNA(window: 3), of: points)
        let gram = state.gramMatrix
        for bad in [Double.nan, .infinity, -.infinity] {
            for index in [0, Sequences.count - 1] {
                var point = points[0]
                point[index] = bad
                #expect(throws: AcceleratorError.notFinite(what: "point")) { try state.push(point) }
                #expect(throws: AcceleratorError.notFinite(what: "point")) { try state.start(at: point) }
                #expect(throws: AcceleratorError.notFinite(what: "residual")) {
                    try state.push(points[0], residual: point)
                }
            }
        }
        #expect(state.diagnostics.tally.refused == 18)
        #expect(state.diagnostics.tally.points == 5)
        #expect(state.gramMatrix == gram)
        let clean = try history(RNA(window: 3), of: points)
        #expect(try state.extrapolated() == clean.extrapolated())
        try state.push(points[0])
        try clean.push(points[0])
        #expect(try state.extrapolated() == clean.extrapolated())
    }

    @Test func aResidualWhoseSquareOverflowsIsRefused() throws {
        let state = try RNA(window: 3).makeState(count: 2, as: Double.self)
        try state.push([0, 0])
        #expect(throws: AcceleratorError.overflow) { try state.push([1e200, 0]) }
        #expect(state.diagnostics.tally.refused == 1)
        try state.push([1, 0])
        #expect(state.gramMatrix == [1])
    }

    @Test func statisticsBeyondTheResidualAreChecked() throws {
        let state = try RNAState<Float>(RNA(window: 2), count: 4, residualCount: 2)
        try state.push([1, 2, 3, 4])
        #expect(throws: AcceleratorError.notFinite(what: "point")) { try state.push([2, 3, 4, .nan]) }
        try state.push([2, 3, 9, 9])
        #expect(state.gramMatrix == [2])
        #expect(try state.extrapolated() == [2, 3, 9, 9])
    }

    @Test func everyReasonToRejectIsCountedAndTheLastPointIsWritten() throws {
        let state = try RNA(window: 3).makeState(count: 2, as: Float.self)
        #expect(throws: AcceleratorError.noPoints) { try state.extrapolated() }
        try state.push([1, 2])
        #expect(try state.extrapolated() == [1, 2])
        #expect(state.diagnostics.tally.rejected == [.tooFewPoints: 1])

        try state.push([1, 2])
        #expect(try state.extrapolated() == [1, 2])
        #expect(state.diagnostics.tally.rejected == [.tooFewPoints: 1, .zeroResiduals: 1])
        #expect(state.diagnostics.conditionNumber == nil)

        state.reset()
        for point in [[1, 2], [3, 2], [3, 5]] as [[Float]] { try state.push(point) }
        try state.configure(RNA(window: 3, regularization: 1e12))
        #expect(try state.extrapolated() == [3, 5])
        #expect(state.diagnostics.tally.rejected[.vanishingSum] == 1)
        #expect(state.diagnostics.coefficients.isEmpty)

        // Residuals 2 and 1 want the coefficients −1 and 2; points near the largest number then overflow.
        state.reset()
        try state.configure(RNA(window: 3, regularization: 0))
        try state.push([0, -3e38], residual: [2, 0])
        try state.push([1, 3e38], residual: [1, 0])
        #expect(try state.extrapolated() == [1, 3e38])
        #expect(state.diagnostics.tally.rejected[.notFinite] == 1)
        #expect(state.diagnostics.tally.accepted == 0)

        state.withdrawProposal()
        #expect(state.diagnostics.tally.rejected[.worse] == nil)
    }

    @Test func aPointThatWasMeasuredWorseIsCountedAndNotTaken() throws {
        let acceleration = try Acceleration<Double>(
            RNA(window: 3), mode: .online, count: Sequences.count, gradientCount: Sequences.count)
        let theta = try AlignedBuffer(points[0])
        try acceleration.begin(at: theta.elements, workers: .serial)
        #expect(throws: AcceleratorError.noPoints) {
            try acceleration.decide(moving: theta.mutableElements, workers: .serial)
        }
        let verdicts: [(plain: Double?, proposed: Double?, taken: Bool)] = [
            (1, 2, false), (1, .nan, false), (1, 1, true), (.nan, 1, true), (nil, nil, true),
        ]
        for (point, verdict) in zip(points.dropFirst(), verdicts) {
            theta.assign(try AlignedBuffer(point))
            #expect(try acceleration.endEpoch(at: theta.elements, workers: .serial) == .accepted)
            let outcome = try acceleration.decide(
                plain: verdict.plain, proposed: verdict.proposed, moving: theta.mutableElements, workers: .serial)
            #expect(outcome == (verdict.taken ? .accepted : .rejected(.worse)))
            #expect(Array(theta.elements) == (verdict.taken ? Array(acceleration.proposal.elements) : point))
        }
        #expect(acceleration.diagnostics.tally.accepted == 3)
        #expect(acceleration.diagnostics.tally.rejected == [.worse: 2])
    }

    @Test func offlineTheRunIsNeverTouched() throws {
        let acceleration = try Acceleration<Double>(
            RNA(window: 3), mode: .offline, count: Sequences.count, gradientCount: Sequences.count)
        let plain = try history(RNA(window: 3), of: points)
        let theta = try AlignedBuffer(points[0])
        try acceleration.begin(at: theta.elements, workers: .serial)
        for point in points.dropFirst() {
            theta.assign(try AlignedBuffer(point))
            try acceleration.endEpoch(at: theta.elements, workers: .serial)
            #expect(
                try acceleration.decide(plain: 2, proposed: 1, moving: theta.mutableElements, workers: .serial)
                    == .accepted)
            #expect(Array(theta.elements) == point)
        }
        #expect(Array(acceleration.proposal.elements) == (try plain.extrapolated()))
    }

    @Test func vectorsOfAnotherLengthAreRefused() throws {
        let state = try RNA(window: 3).makeState(count: 3, as: Double.self)
        #expect(throws: AcceleratorError.wrongCount(what: "point", expected: 3, found: 2)) { try state.push([1, 2]) }
        #expect(throws: AcceleratorError.wrongCount(what: "point", expected: 3, found: 4)) {
            try state.start(at: [1, 2, 3, 4])
        }
        #expect(throws: AcceleratorError.wrongCount(what: "residual", expected: 3, found: 1)) {
            try state.push([1, 2, 3], residual: [1])
        }
        try state.push([1, 2, 3])
        let target = try AlignedBuffer<Double>(count: 2)
        #expect(throws: AcceleratorError.wrongCount(what: "target", expected: 3, found: 2)) {
            try state.extrapolate(into: MutableSegments(target.mutableElements))
        }
        #expect(throws: AcceleratorError.wrongCount(what: "point", expected: 0, found: -1)) {
            try RNA().makeState(count: -1, as: Float.self)
        }
        #expect(throws: AcceleratorError.self) { try RNA().makeState(count: 1 << 50, as: Float.self) }
        #expect(throws: AcceleratorError.self) { try RNAState<Float>(RNA(), count: 3, residualCount: 4) }
    }
}
