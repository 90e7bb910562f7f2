import Accelerators
import Buffers
import Optimizers
import Testing

@Suite struct RNAConvergenceTests {
    /// ½ xᵀAx − bᵀx with a dense A of given condition number; gradient steps of length 1/L.
    struct Quadratic {
        let eigenvalues: [Double]
        let reflection: [Double]
        let minimiser: [Double]

        init(_ order: Int, condition: Double, seed: Int) {
            var random = Sequences.Generator(seed: seed)
            eigenvalues = (0..<order).map { 1 + (condition - 1) * Double($0) / Double(max(order - 1, 1)) }
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
            let rate = 1 / (eigenvalues.max() ?? 1)
            return zip(x, gradient(x)).map { $0 - rate * $1 }
        }

        func distance(_ x: [Double]) -> Double { zip(x, minimiser).map { abs($0 - $1) }.max() ?? 0 }
    }

    // Beyond these the Gram matrix, whose elements are squares, cannot tell the residual's last digits in Float64.
    @Test(arguments: [
        (1, 2.0), (1, 1000), (2, 2), (2, 10), (2, 100), (2, 1000), (3, 10), (3, 100), (4, 10), (4, 100), (6, 2),
        (6, 10),
        (8, 2), (8, 10), (10, 2),
    ])
    func unregularisedItSolvesAQuadraticInOneStepMoreThanItsDimension(_ order: Int, _ condition: Double) throws {
        let problem = Quadratic(order, condition: condition, seed: order)
        let state = try RNA(window: order + 1, regularization: 0).makeState(count: order, as: Double.self)
        var x = [Double](repeating: 0, count: order)
        try state.push(x)
        for _ in 0..<order + 1 {
            x = problem.step(x)
            try state.push(x)
        }
        #expect(problem.distance(try state.extrapolated()) < 1e-8)
        #expect(state.diagnostics.tally.accepted == 1)
        if order > 2, condition > 2 { #expect(problem.distance(x) > 1e-3) }
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
