import Buffers
import Optimizers

/// The last points of a method, combined with weights that depend only on their age. The baselines share it.
final class AverageState<Element: Scalar>: AcceleratorState {
    private let count: Int
    private let window: Int
    /// The weight of a point by its age, 0 for the newest; they need not have the sum 1.
    private let weight: @Sendable (_ age: Int) -> Double
    private var points: [AlignedBuffer<Element>] = []
    private var oldest = 0
    private var origin: AlignedBuffer<Element>?
    private var tally = Tally()

    init(count: Int, window: Int, weight: @escaping @Sendable (_ age: Int) -> Double) throws(AcceleratorError) {
        guard count >= 0 else { throw .wrongCount(what: "point", expected: 0, found: count) }
        self.count = count
        self.window = window
        self.weight = weight
    }

    private func check(_ point: UnsafeBufferPointer<Element>) throws(AcceleratorError) {
        try check(point.count, "point")
        guard point.baseAddress.map({ Combinations.allFinite($0, count: count) }) ?? true else {
            tally.refused += 1
            throw .notFinite(what: "point")
        }
    }

    private func check(_ count: Int, _ what: String) throws(AcceleratorError) {
        guard count == self.count else { throw .wrongCount(what: what, expected: self.count, found: count) }
    }

    /// Averages have no residuals: where the method starts is only a point to fall back to.
    func start(at point: UnsafeBufferPointer<Element>, workers: Workers) throws(AcceleratorError) {
        try check(point)
        guard points.isEmpty else { return }
        do { origin = try AlignedBuffer(copying: point) } catch { throw .allocation(error) }
    }

    func observe(
        _ point: UnsafeBufferPointer<Element>, meanGradient: UnsafeBufferPointer<Element>?, workers: Workers
    ) throws(AcceleratorError) {
        try check(point)
        if points.count < window {
            do { points.append(try AlignedBuffer(copying: point)) } catch { throw .allocation(error) }
        } else {
            if let base = point.baseAddress { points[oldest].pointer.update(from: base, count: count) }
            oldest = (oldest + 1) % window
        }
        origin = nil
        tally.points += 1
    }

    func propose(
        into target: UnsafeMutableBufferPointer<Element>, workers: Workers
    ) throws(AcceleratorError) -> Proposal {
        try check(target.count, "target")
        let coefficients = self.coefficients
        var proposal = Proposal.accepted
        if points.isEmpty {
            guard let origin else { throw .noPoints }
            _ = target.update(fromContentsOf: origin.elements)
            proposal = .rejected(.tooFewPoints)
        } else {
            // Weights are positive with the sum 1, so what they combine is finite.
            let terms = zip(byAge, coefficients).map { (vector: $0, weight: DoubleDouble($1)) }
            _ = Combinations.combine(
                terms, range: 0..<count, into: MutableSegments(target), workers: workers)
        }
        tally.count(proposal)
        return proposal
    }

    /// The points, oldest first.
    private var byAge: [AlignedBuffer<Element>] { Array(points[oldest...] + points[..<oldest]) }

    private var coefficients: [Double] { AgeWeights.coefficients(of: points.count, weight: weight) }

    var isFull: Bool { points.count == window }

    func withdrawProposal() { tally.withdraw() }

    func reset() {
        points = []
        oldest = 0
        origin = nil
    }

    var diagnostics: Diagnostics {
        Diagnostics(
            window: window, fill: points.count, coefficients: coefficients, conditionNumber: nil, tally: tally)
    }

    var vectors: [(name: String, elements: UnsafeBufferPointer<Element>)] {
        byAge.enumerated().map { ("point.\($0)", $1.elements) } + (origin.map { [("origin", $0.elements)] } ?? [])
    }

    var numbers: [(name: String, values: [Double])] {
        [("fill", [Double(points.count)]), ("started", [origin == nil ? 0 : 1]), ("tally", tally.numbers)]
    }

    func restore(
        vectors: [String: UnsafeBufferPointer<Element>], numbers: [String: [Double]]
    ) throws(StateError) {
        let saved = SavedState(vectors: vectors, numbers: numbers)
        let fill = try saved.count("fill", in: 0...window)
        let started = try saved.count("started", in: 0...1) == 1
        let names = (0..<fill).map { "point.\($0)" }
        try saved.expect(
            vectors: (names + (started ? ["origin"] : [])).map { ($0, count) },
            numbers: [("fill", 1), ("started", 1), ("tally", Tally().numbers.count)])
        let tally = try Tally(numbers: numbers["tally"] ?? [])
        func copy(_ name: String) throws(StateError) -> AlignedBuffer<Element> {
            guard let source = vectors[name] else { throw .missing(name: name, expected: names) }
            do { return try AlignedBuffer(copying: source) } catch { throw .allocation(error) }
        }
        var points: [AlignedBuffer<Element>] = []
        for name in names { points.append(try copy(name)) }
        let origin = started ? try copy("origin") : nil
        (self.points, self.origin, self.tally, oldest) = (points, origin, tally, 0)
    }
}

/// Weights of points that depend only on their age.
enum AgeWeights {
    /// What each of so many points counts, oldest first; the sum is 1.
    static func coefficients(of points: Int, weight: (_ age: Int) -> Double) -> [Double] {
        let weights = (0..<max(0, points)).reversed().map(weight)
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }
}
