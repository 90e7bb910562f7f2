import Accelerators
import Buffers
import Optimizers
import Testing

@Suite struct RNAConvergenceTests {
    /// ½ xᵀAx − bᵀx with a dense A of given condition number; gradient steps.
    struct Quadratic {
        /// The length of a gradient step.
        enum Rate { case inverseOfLargest, best }

        let eigenvalues: [Double]
        let rate: Double
        let reflection: [Double]
        let minimiser: [Double]

        init(_ order: Int, condition: Double, rate: Rate = .inverseOfLargest, seed: Int) {
            var random = Sequences.Generator(seed: seed)
            let (width, last) = (condition - 1, Double(max(order - 1, 1)))
            eigenvalues = (0..<order).map { 1 + width * Double($0) / last }
            let (least, largest) = (eigenvalues[0], eigenvalues[order - 1])
            self.rate = rate == .best ? 2 / (least + largest) : 1 / largest
            let direction = random.vector(order)
            let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
            reflection = direction.map { $0 / length }
            minimiser = random.vector(order)
        }

        private func reflect(_ x: [Double]) -> [Double] {
            let product = zip(x, reflection).reduce(0) { $0 + $1.0 * $1.1 }
            return zip(x, reflection).map { $0 - 2 * product * $1 }
        }

        func gradient(_ x: [Double]) -> [Double] {
            reflect(zip(reflect(zip(x, minimiser).map { $0 - $1 }), eigenvalues).map { $0 * $1 })
        }

        func step(_ x: [Double]) -> [Double] {
            zip(x, gradient(x)).map { $0 - rate * $1 }
        }

        func distance(_ x: [Double]) -> Double { zip(x, minimiser).map { abs($0 - $1) }.max() ?? 0 }
    }

    /// The distance to the minimiser that is left, relative to that of the start.
    static func remainder(_ order: Int, condition: Double, rate: Quadratic.Rate) throws -> (rna: Double, plain: Double)
    {
        let problem = Quadratic(order, condition: condition, rate: rate, seed: order)
        let state = try RNA(window: order + 1, regularization: 0).makeState(count: order, as: Double.self)
        var x = [Double](repeating: 0, count: order)
        try state.push(x)
        for _ in 0..<order + 1 {
            x = problem.step(x)
            try state.push(x)
        }
        let start = problem.distance([Double](repeating: 0, count: order))
        let result = try state.extrapolated()
        #expect(state.diagnostics.tally.accepted == 1)
        return (problem.distance(result) / start, problem.distance(x) / start)
    }

    @Test(arguments: Array(1...20), [2.0, 10, 100, 1000])
    func unregularisedItSolvesAQuadraticInOneStepMoreThanItsDimension(_ order: Int, _ condition: Double) throws {
        let found = try Self.remainder(order, condition: condition, rate: .best)
        #expect(found.rna < 1e-8)
        if order > 2, condition > 2 { #expect(found.plain > 1e-3) }
    }

    // With steps of 1/L the coefficients that solve the problem grow by a factor of 3 (condition 10) or 4 (100) with each
    // dimension: from 10⁸ on, the points' own rounding is what is left, whatever the arithmetic behind it.
    @Test(arguments: [(20, 2.0), (15, 10), (12, 100), (7, 1000)])
    func stepsOfOneOverLAreSolvedAsFarAsThePointsAreExact(_ largest: Int, _ condition: Double) throws {
        for order in 1...largest {
            let found = try Self.remainder(order, condition: condition, rate: .inverseOfLargest)
            #expect(found.rna < 1e-8, "\(order), \(condition): \(found.rna)")
        }
    }

    @Test(arguments: [1, 3, 6])
    func aWindowLargerThanTheDimensionStaysAtTheMinimiser(_ order: Int) throws {
        let problem = Quadratic(order, condition: 10, seed: order)
        let state = try RNA(window: 12, regularization: 0).makeState(count: order, as: Double.self)
        var x = [Double](repeating: 0, count: order)
        try state.push(x)
        for step in 1...40 {
            x = problem.step(x)
            try state.push(x)
            let result = try state.extrapolated()
            if step > order { #expect(problem.distance(result) < 1e-8, "step \(step)") }
        }
    }

    @Test func onlineItGoesOnFromTheExtrapolationAndBeatsThePlainMethod() throws {
        let problem = Quadratic(30, condition: 1000, seed: 5)
        let acceleration = try Acceleration<Double>(
            RNA(window: 15, regularization: 1e-12), mode: .online, count: 30, gradientCount: 30)
        let y = try AlignedBuffer([Double](repeating: 0, count: 30))
        var plain = Array(y.elements)
        try acceleration.begin(at: y.elements, workers: .serial)
        for _ in 0..<150 {
            y.assign(try AlignedBuffer(problem.step(Array(y.elements))))
            try acceleration.endEpoch(at: y.elements, workers: .serial)
            try acceleration.decide(moving: y.mutableElements, workers: .serial)
            plain = problem.step(plain)
        }
        #expect(problem.distance(Array(y.elements)) < 1e-8)
        #expect(problem.distance(plain) > 1e-2)
        #expect(acceleration.diagnostics.tally.accepted == 150)
    }

    @Test func residualsAreTakenFromWhereTheMethodWentOnFrom() throws {
        // One residual only: the combination is the point itself, so the Gram matrix tells what r was.
        let state = try RNA(window: 3).makeState(count: 2, as: Double.self)
        try state.start(at: [1, 1])
        try state.push([2, 3])
        #expect(state.gramMatrix == [5])
        try state.start(at: [10, 10])
        try state.push([11, 10])
        #expect(state.gramMatrix == [5, 1, 1, 1])
        try state.push([11, 12])
        #expect(state.gramMatrix == [5, 1, 4, 1, 1, 0, 4, 0, 4])
    }

    @Test func relaxationZeroCombinesThePointsThatTheMethodStartedFrom() throws {
        let rna = try RNA(window: 3, regularization: 0.1, relaxation: 0)
        let state = try rna.makeState(count: 3, as: Double.self)
        var random = Sequences.Generator(seed: 9)
        let (earlier, later) = ((0..<3).map { _ in random.vector(3) }, (0..<3).map { _ in random.vector(3) })
        for (y, x) in zip(earlier, later) {
            try state.start(at: y)
            try state.push(x)
        }
        let c = state.solve().coefficients
        let result = try state.extrapolated()
        for k in 0..<3 {
            let expected = (0..<3).reduce(0) { $0 + c[$1] * earlier[$1][k] }
            #expect(abs(result[k] - expected) < 1e-14)
        }
        // The same residuals handed in, rather than taken from the earlier points.
        let given = try rna.makeState(count: 3, as: Double.self)
        for (y, x) in zip(earlier, later) { try given.push(x, residual: zip(x, y).map { $0 - $1 }) }
        for (a, b) in zip(try given.extrapolated(), result) { #expect(abs(a - b) < 1e-14) }
    }

    @Test func gradientResidualsRelaxBetweenThePointsThemselves() throws {
        // Residuals of twice the difference: their length must not tell where the earlier points are taken to be.
        let rna = try RNA(window: 3, regularization: 0.1, relaxation: 0.25, gradientResiduals: true)
        let state = try rna.makeState(count: 3, gradientCount: 3, as: Double.self)
        let differences = try RNA(window: 3, regularization: 0.1, relaxation: 0.25).makeState(count: 3, as: Double.self)
        var random = Sequences.Generator(seed: 10)
        let points = (0..<4).map { _ in random.vector(3) }
        for (index, point) in points.enumerated() {
            try differences.push(point)
            try point.withUnsafeBufferPointer { point in
                guard index > 0 else { return try state.start(at: point, workers: .serial) }
                let residual = zip(points[index], points[index - 1]).map { 2 * ($0 - $1) }
                try residual.withUnsafeBufferPointer {
                    try state.observe(point, meanGradient: $0, workers: .serial)
                }
            }
        }
        let target = try AlignedBuffer<Double>(count: 3)
        #expect(try state.propose(into: target.mutableElements, workers: .serial) == .accepted)
        for (a, b) in zip(target.elements, try differences.extrapolated()) { #expect(abs(a - b) < 1e-14) }
    }

    @Test func gradientResidualsGiveTheCoefficientsThatStepsProportionalToThemGive() throws {
        let problem = Quadratic(6, condition: 50, seed: 3)
        let gradients = try Acceleration<Double>(
            RNA(window: 4, gradientResiduals: true), mode: .offline, count: 8, gradientCount: 6)
        let differences = try RNA(window: 4).makeState(count: 6, as: Double.self)
        var x = [Double](repeating: 0, count: 6)
        try differences.push(x)
        try (x + [7, 7]).withUnsafeBufferPointer { try gradients.begin(at: $0, workers: .serial) }
        for _ in 0..<6 {
            // Two mini-batches whose mean is the full gradient.
            let g = problem.gradient(x)
            for part in [g.map { 2 * $0 + 1 }, g.map { _ in -1 }] {
                try part.withUnsafeBufferPointer { try gradients.observeGradient($0, workers: .serial) }
            }
            x = problem.step(x)
            try differences.push(x)
            try (x + [7, 7]).withUnsafeBufferPointer { _ = try gradients.endEpoch(at: $0, workers: .serial) }
        }
        for (a, b) in zip(gradients.diagnostics.coefficients, differences.solve().coefficients) {
            #expect(abs(a - b) < 1e-6)
        }
        // Elements without a gradient are combined with the others' coefficients, whose sum is 1.
        #expect(abs(gradients.proposal.pointer[7] - 7) < 1e-9)
    }
}
