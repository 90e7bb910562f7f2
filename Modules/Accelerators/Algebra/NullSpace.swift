/// The span of vectors that are linearly independent.
struct NullSpace {
    private let basis: [[DoubleDouble]]
    private let gram: PivotedFactorization

    init(_ vectors: [[DoubleDouble]]) {
        basis = vectors.map { vector in
            let largest = vector.map(\.high.magnitude).max() ?? 1
            return vector.map { $0.scaled(by: DoubleDouble.powerOfTwo(-Int(largest.exponent))) }
        }
        var products = GramMatrix(order: basis.count)
        for i in basis.indices {
            for j in 0...i { products[i, j] = Self.dot(basis[i], basis[j]) }
        }
        gram = PivotedFactorization(products, cutoff: 0)
    }

    /// The vector of the span that is nearest to `x`.
    func projection(of x: [DoubleDouble]) -> [DoubleDouble] {
        let weights = gram.basicSolution(basis.map { Self.dot($0, x) })
        var result = [DoubleDouble](repeating: .zero, count: x.count)
        for (weight, vector) in zip(weights, basis) {
            for i in result.indices { result[i] += weight * vector[i] }
        }
        return result
    }

    private static func dot(_ a: [DoubleDouble], _ b: [DoubleDouble]) -> DoubleDouble {
        zip(a, b).reduce(.zero) { $0 + $1.0 * $1.1 }
    }
}
