import Accelerators
import Buffers
import Testing

/// Adaptive regularization and the step search.
@Suite struct RNASearchTests {
    static let points = Sequences.make("collinear", length: 7, seed: 3)

    static func squaredDistance(_ x: [Double], _ target: [Double]) -> Double {
        zip(x, target).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    /// Runs a search to its end, and tells what it measured.
    static func run(
        _ state: RNAState<Double>, _ grid: RNAGrid, last: Double, triesSteps: Bool = true,
        _ objective: ([Double]) -> Double
    ) throws -> (search: RNASearch, tried: [RNACandidate]) {
        var search = state.search(grid, lastObjective: last, triesSteps: triesSteps)
        var tried: [RNACandidate] = []
        let target = try AlignedBuffer<Double>(count: state.count)
        while let candidate = search.candidate {
            tried.append(candidate)
            #expect(try state.combine(candidate, into: MutableSegments(target.mutableElements)))
            search.report(objective(Array(target.elements)))
        }
        #expect(search.measurements == tried.count)
        return (search, tried)
    }

    @Test func theLogarithmicGridIsThatOfThePythonCode() throws {
        let state = try history(RNA(window: 5), of: Self.points)
        let (_, tried) = try Self.run(state, .logarithmic, last: -1) { _ in 0 }
        // numpy.logspace(-15, 1, 5)
        let expected = [1e-16, 1e-15, 1e-11, 1e-7, 1e-3, 10]
        #expect(tried.count == expected.count)
        for (candidate, value) in zip(tried, expected) {
            #expect(abs(candidate.regularization / value - 1) < 1e-14)
            #expect(candidate.coefficients == state.solve(regularization: candidate.regularization).coefficients)
        }
    }

    @Test func theGridOfSingularValuesLiesBetweenThem() throws {
        // Residuals at right angles, of lengths 1, 10 and 100: M has the singular values 10⁻⁴, 10⁻² and 1.
        let state = try history(RNA(window: 3), of: [[0, 0, 0], [1, 0, 0], [1, 10, 0], [1, 10, 100.0]])
        let (_, tried) = try Self.run(state, .singularValues, last: -1) { _ in 0 }
        #expect(tried.map(\.regularization).count == 3)
        #expect(tried[0].regularization == 0)
        #expect(abs(tried[1].regularization - 1e-3) < 1e-15)
        #expect(abs(tried[2].regularization - 1e-1) < 1e-13)
    }

    @Test(arguments: RNAGrid.allCases)
    func thePointOfLeastObjectiveWins(_ grid: RNAGrid) throws {
        let state = try history(RNA(window: 5), of: Self.points)
        let wanted = [Double](repeating: 0.1, count: Sequences.count)
        let (search, tried) = try Self.run(state, grid, last: .infinity, triesSteps: false) {
            Self.squaredDistance($0, wanted)
        }
        let objectives = try tried.map { candidate in
            let other = try history(
                RNA(window: 5, regularization: candidate.regularization), of: Self.points)
            return Self.squaredDistance(try other.extrapolated(), wanted)
        }
        let least = try #require(objectives.min())
        let best = try #require(search.best)
        #expect(search.bestObjective == least)
        #expect(best.regularization == tried[try #require(objectives.firstIndex(of: least))].regularization)
        #expect(Set(objectives).count > 2)
    }

    @Test func theLastIterateStaysWhereNothingBeatsIt() throws {
        let state = try history(RNA(window: 5), of: Self.points)
        for objective in [1.0, 2, .infinity, .nan] {
            let (search, tried) = try Self.run(state, .logarithmic, last: 1) { _ in objective }
            #expect(search.best == nil)
            #expect(search.bestObjective == 1)
            #expect(tried.count == 6)
        }
    }

    @Test func stepsDoubleWhileTheObjectiveFalls() throws {
        let state = try history(RNA(window: 5), of: Self.points)
        let start = Self.points[1]
        let extrapolation = try history(RNA(window: 5, regularization: 1e-3), of: Self.points).extrapolated()
        // The objective is least eleven times as far from the sequence's start as this extrapolation.
        let goal = zip(start, extrapolation).map { $0 + 11 * ($1 - $0) }
        let (search, tried) = try Self.run(state, .logarithmic, last: .infinity) { Self.squaredDistance($0, goal) }
        let best = try #require(search.best)
        let steps = tried.dropFirst(6)
        #expect(best.step > 1)
        let powers: [Double] = (1...steps.count).map { Double(1 << $0) }
        #expect(steps.map(\.step) == powers)
        #expect(steps.last?.step == 2 * best.step)
        #expect(steps.allSatisfy { $0.regularization == best.regularization })
        let target = try AlignedBuffer<Double>(count: Sequences.count)
        #expect(try state.combine(best, into: MutableSegments(target.mutableElements)))
        let own = try history(RNA(window: 5, regularization: best.regularization), of: Self.points).extrapolated()
        for k in 0..<Sequences.count {
            #expect(abs(target.pointer[k] - (start[k] + best.step * (own[k] - start[k]))) < 1e-12)
        }
    }

    @Test func anObjectiveWithoutALowerBoundEndsTheSearch() throws {
        let state = try history(RNA(window: 5), of: Self.points)
        var objective = 0.0
        let (search, tried) = try Self.run(state, .logarithmic, last: 0) { _ in
            objective -= 1
            return objective
        }
        #expect(tried.count < 50)
        #expect(search.bestObjective == -Double(tried.count))
    }

    @Test func aSearchIsSettledByWhatWasMeasured() throws {
        let state = try history(RNA(window: 5), of: Self.points)
        let target = try AlignedBuffer<Double>(count: Sequences.count)
        let segments = MutableSegments(target.mutableElements)
        var search = state.search(.logarithmic, lastObjective: 0, triesSteps: false)
        var tried: [[Double]] = []
        while try state.writeCandidate(of: &search, into: segments) {
            tried.append(Array(target.elements))
            search.report(tried.count == 3 ? -1 : 1)
        }
        #expect(tried.count == 6)
        // With nothing left to measure, the last point is written.
        #expect(Array(target.elements) == Self.points.last)
        #expect(try state.settle(search, into: segments) == .accepted)
        #expect(Array(target.elements) == tried[2])

        var worse = state.search(.logarithmic, lastObjective: 0)
        while try state.writeCandidate(of: &worse, into: segments) { worse.report(.nan) }
        #expect(try state.settle(worse, into: segments) == .rejected(.worse))
        #expect(Array(target.elements) == Self.points.last)
        #expect(state.diagnostics.tally.accepted == 1)
        #expect(state.diagnostics.tally.rejected == [.worse: 1])

        let start = try RNA(window: 5).makeState(count: Sequences.count, as: Double.self)
        #expect(throws: AcceleratorError.noPoints) {
            try start.settle(start.search(.logarithmic, lastObjective: 0), into: segments)
        }
        try start.push(Self.points[0])
        let none = start.search(.logarithmic, lastObjective: 0)
        #expect(try start.settle(none, into: segments) == .rejected(.tooFewPoints))
    }

    @Test func aCandidateOfAnotherWindowIsRefused() throws {
        let state = try history(RNA(window: 5), of: Self.points)
        let candidate = try #require(state.search(.logarithmic, lastObjective: 0).candidate)
        let shorter = try history(RNA(window: 4), of: Self.points)
        let target = try AlignedBuffer<Double>(count: Sequences.count)
        #expect(throws: AcceleratorError.wrongCount(what: "candidate's window", expected: 4, found: 5)) {
            try shorter.combine(candidate, into: MutableSegments(target.mutableElements))
        }
    }

    @Test func anAdaptiveRunTakesTheBestPointAndKeepsItsOwnWhereNoneIsBetter() throws {
        let wanted = [Double](repeating: 0.1, count: Sequences.count)
        for mode in AccelerationMode.allCases {
            let acceleration = try Acceleration<Double>(
                RNA(window: 3, grid: .logarithmic), mode: mode, count: Sequences.count, gradientCount: 0)
            let theta = try AlignedBuffer(Self.points[0])
            try acceleration.begin(at: theta.elements, workers: .serial)
            for point in Self.points[1...3] {
                theta.assign(try AlignedBuffer(point))
                try acceleration.endEpoch(at: theta.elements, workers: .serial)
            }
            #expect(acceleration.outcome == .accepted)
            let reference = try history(RNA(window: 3), of: Array(Self.points[0...3]))
            let plain = Self.squaredDistance(Self.points[3], wanted)
            let (search, tried) = try Self.run(reference, .logarithmic, last: plain) {
                Self.squaredDistance($0, wanted)
            }
            var measured = 1
            let distance = { Self.squaredDistance(Array(acceleration.proposal.elements), wanted) }
            while try acceleration.refine(plain: plain, proposed: distance(), workers: .serial) { measured += 1 }
            #expect(measured == tried.count)
            #expect(acceleration.objective == search.bestObjective)
            #expect(acceleration.diagnostics.coefficients == search.best?.coefficients)
            #expect(distance() == search.bestObjective)
            #expect(
                try acceleration.decide(plain: plain, moving: theta.mutableElements, workers: .serial) == .accepted)
            #expect(
                Array(theta.elements)
                    == (mode == .offline ? Self.points[3] : Array(acceleration.proposal.elements)))

            theta.assign(try AlignedBuffer(Self.points[4]))
            guard mode != .restart else { continue }
            try acceleration.endEpoch(at: theta.elements, workers: .serial)
            while try acceleration.refine(plain: -1, proposed: distance(), workers: .serial) {}
            #expect(acceleration.outcome == .rejected(.worse))
            #expect(Array(acceleration.proposal.elements) == Self.points[4])
            try acceleration.decide(plain: -1, moving: theta.mutableElements, workers: .serial)
            #expect(Array(theta.elements) == Self.points[4])
            #expect(acceleration.diagnostics.tally.rejected == [.worse: 1])
        }
    }

    @Test func whatASearchSettledOnIsForgottenWithItsPoints() throws {
        func acceleration(_ points: [[Double]]) throws -> Acceleration<Double> {
            let acceleration = try Acceleration<Double>(
                RNA(window: 3, grid: .logarithmic), mode: .offline, count: Sequences.count, gradientCount: 0)
            try points[0].withUnsafeBufferPointer { try acceleration.begin(at: $0, workers: .serial) }
            for point in points.dropFirst() {
                _ = try point.withUnsafeBufferPointer { try acceleration.endEpoch(at: $0, workers: .serial) }
            }
            return acceleration
        }
        let settled = try acceleration(Array(Self.points[0...3]))
        // Every candidate is better than the one before it.
        var objective = 0.0
        while try settled.refine(plain: 0, proposed: objective, workers: .serial) { objective -= 1 }
        let other = try acceleration(Array(Self.points[1...4]))
        #expect(settled.diagnostics.coefficients != other.diagnostics.coefficients)
        try settled.restore(
            vectors: Dictionary(uniqueKeysWithValues: other.vectors.map { ($0.name, $0.elements) }),
            numbers: Dictionary(uniqueKeysWithValues: other.numbers.map { ($0.name, $0.values) }))
        #expect(settled.diagnostics.coefficients == other.diagnostics.coefficients)
    }
}
