import Buffers
import Optimizers
import Testing

/// A symmetric matrix with known eigenvalues: a diagonal one turned by random reflections.
struct TurnedMatrix {
    let count: Int
    let eigenvalues: [Double]
    private let normals: [[Double]]

    init(_ eigenvalues: [Double], seed: UInt64) {
        count = eigenvalues.count
        self.eigenvalues = eigenvalues
        var random = Philox(seed: seed)
        normals = (0..<3).map { _ in
            let vector = eigenvalues.map { _ in random.normal() }
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return vector.map { $0 / length }
        }
    }

    private func reflect(_ x: inout [Double], _ normals: [[Double]]) {
        for normal in normals {
            let factor = 2 * zip(normal, x).reduce(0) { $0 + $1.0 * $1.1 }
            for index in x.indices { x[index] -= factor * normal[index] }
        }
    }

    /// f(A) x.
    func apply(_ x: [Double], _ function: (Double) -> Double = { $0 }) -> [Double] {
        var y = x
        reflect(&y, normals)
        for index in y.indices { y[index] *= function(eigenvalues[index]) }
        reflect(&y, normals.reversed())
        return y
    }

    func write<E: Scalar>(_ x: UnsafeBufferPointer<E>, _ y: UnsafeMutableBufferPointer<E>) {
        for (index, value) in apply(x.map { Double($0) }).enumerated() { y[index] = E(value) }
    }
}

@Suite struct CurvatureTests {
    static let spectra: [[Double]] = [
        (1...200).map { Double($0) }, (0..<150).map { -3 + 0.02 * Double($0) } + [40], [5], [-2, -1],
        (0..<100).map { 1 / Double(1 + $0) } + [-0.5], [Double](repeating: 4, count: 30),
    ]

    @Test(arguments: spectra)
    func lanczosFindsTheExtremeEigenvalues(_ eigenvalues: [Double]) throws {
        let matrix = TurnedMatrix(eigenvalues, seed: 5)
        try check(Double.self, 1e-4)
        try check(Float.self, 1e-3)

        func check<E: Scalar>(_ type: E.Type, _ tolerance: Double) throws {
            let found = try Lanczos(steps: 100, tolerance: tolerance).spectrum(
                count: matrix.count, as: type, workers: Workers(2)
            ) { matrix.write($0, $1) }
            let (least, greatest) = (eigenvalues.min() ?? 0, eigenvalues.max() ?? 0)
            let scale = max(abs(least), abs(greatest))
            #expect(abs(found.smallest - least) <= 0.01 * abs(least))
            #expect(abs(found.largest - greatest) <= 0.01 * abs(greatest))
            #expect(abs(found.largest - greatest) <= found.error + 1e-5 * scale)
            #expect(found.products <= 100)
        }
    }

    /// With full reorthogonalisation a matrix of n different eigenvalues is known after n products, and never before.
    @Test func lanczosEndsWithTheDimension() throws {
        let matrix = TurnedMatrix((0..<12).map { Double($0 * $0) }, seed: 2)
        let found = try Lanczos(steps: 50, tolerance: 0).spectrum(count: 12, as: Double.self, workers: .serial) {
            matrix.write($0, $1)
        }
        #expect(found.products == 12)
        #expect(abs(found.largest - 121) < 1e-10)
        #expect(abs(found.smallest) < 1e-10)
    }

    @Test func threadsDoNotChangeTheSpectrum() throws {
        let found = try [1, 2, 4].map { threads in
            try Lanczos(steps: 6, tolerance: 0).spectrum(count: 70_000, as: Float.self, workers: Workers(threads)) {
                for index in $0.indices { $1[index] = $0[index] * Float(index % 97) }
            }
        }
        #expect(Set(found).count == 1)
    }

    /// f(θ) = ½θᵀAθ + ¼Σθ⁴ has the Hessian A + 3 diag(θ²).
    @Test func hessianProductsComeFromTwoGradients() throws {
        let matrix = TurnedMatrix((1...40).map { Double($0) - 10 }, seed: 8)
        try check(Double.self, 1e-8)
        try check(Float.self, 2e-4)

        func check<E: Scalar>(_ type: E.Type, _ tolerance: Double) throws {
            let theta = try AlignedBuffer((0..<40).map { E(1 + 0.05 * Double($0)) })
            let product = try HessianProduct<E>(at: theta.elements, workers: .serial) { x, g in
                matrix.write(x, g)
                for index in x.indices { g[index] += x[index] * x[index] * x[index] }
            }
            var random = Philox(seed: 3)
            // The length of v does not matter: the step is set by the point.
            for scale in [1, 1e-6, 1e6] {
                let v = try AlignedBuffer((0..<40).map { _ in E(scale * random.normal()) })
                let out = try AlignedBuffer<E>(count: 40)
                try product.apply(v.elements, into: out.mutableElements)
                var expected = matrix.apply(v.elements.map { Double($0) })
                for i in 0..<40 {
                    let x = Double(theta.pointer[i])
                    expected[i] += 3 * x * x * Double(v.pointer[i])
                }
                let size = expected.map(abs).max() ?? 1
                for (found, wanted) in zip(out.elements, expected) {
                    #expect(abs(Double(found) - wanted) < tolerance * size)
                }
            }
        }
    }

    /// On convex quadratics the series goes to −H⁻¹g, and its error shrinks by 1 − λmin/λmax a term.
    @Test(arguments: [2.0, 10, 50])
    func theNeumannSeriesGivesTheNewtonDirectionAtThePredictedRate(_ condition: Double) throws {
        let count = 20
        let (width, last) = (condition - 1, Double(count - 1))
        let matrix = TurnedMatrix((0..<count).map { 1 + width * Double($0) / last }, seed: 4)
        let series = try NeumannSeries(smallest: 1, largest: condition)
        #expect(series.momentum == 1)
        try checkConvergence(of: series, on: matrix, rate: 1 - 1 / condition) { -1 / $0 }
    }

    /// With negative curvature it goes to −(1 + |λmin|/λmax)(H + |λmin|)⁻¹g, at the rate of the slowest direction.
    @Test func theNeumannSeriesStaysBoundedWithNegativeCurvature() throws {
        let (smallest, largest) = (-0.5, 4.0)
        let matrix = TurnedMatrix((0..<20).map { -0.4 + 4.4 * Double($0) / 19 }, seed: 6)
        let series = try NeumannSeries(smallest: smallest, largest: largest)
        #expect(abs(series.momentum - 4 / 4.5) < 1e-15)
        try checkConvergence(of: series, on: matrix, rate: 4 / 4.5 * 1.1) { -(1 + 0.5 / 4) / ($0 + 0.5) }
    }

    private func checkConvergence(
        of series: NeumannSeries, on matrix: TurnedMatrix, rate: Double, limit: (Double) -> Double
    ) throws {
        var random = Philox(seed: 9)
        let w = try AlignedBuffer((0..<matrix.count).map { _ in random.normal() })
        let offset = (0..<matrix.count).map { _ in random.normal() }
        // ∇f(w) = H w − offset.
        func gradient(_ x: UnsafeBufferPointer<Double>, _ g: UnsafeMutableBufferPointer<Double>) {
            matrix.write(x, g)
            for index in offset.indices { g[index] -= offset[index] }
        }
        let g = zip(matrix.apply(Array(w.elements)), offset).map { $0 - $1 }
        let wanted = matrix.apply(g, limit)
        let m = try AlignedBuffer<Double>(count: matrix.count)
        func error() -> Double {
            zip(m.elements, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        let start = error()
        var last = start
        for terms in 1...400 where last > 1e-9 * start {
            try series.extend(m, at: w, steps: 1, workers: .serial, gradient: gradient)
            #expect(error() <= rate * last * (1 + 1e-6), "term \(terms)")
            last = error()
        }
        // No faster than predicted in the end, either: the slowest direction is left.
        try series.extend(m, at: w, steps: 1, workers: .serial, gradient: gradient)
        #expect(error() >= 0.9 * rate * last)
        try series.extend(m, at: w, steps: 2000, workers: .serial, gradient: gradient)
        #expect(error() < 1e-10 * start)
    }
}
