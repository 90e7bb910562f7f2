/// The systems (M + λI) z = 1 of one Gram matrix, for any λ.
struct RNASystem {
    private let gram: GramMatrix
    private let unit: Double
    private let norm: Double
    private let precision: Double
    private let rejection: Rejection?
    /// M's singular values, ascending; the largest is 1.
    let singularValues: [Double]

    /// Prepares the systems of a Gram matrix.
    ///
    /// - Parameters:
    ///   - gram: RᵀR.
    ///   - precision: how exact its elements are, relative to the lengths of the two residuals.
    init(_ gram: GramMatrix, precision: Double) {
        self.precision = precision
        guard let largest = gram.diagonal.map(\.high).max(), largest > 0 else {
            (self.gram, unit, norm, singularValues) = (gram, 1, 0, [])
            rejection = gram.order == 0 ? .tooFewPoints : .zeroResiduals
            return
        }
        // A power of two near the largest element: no bit changes, and no product overflows.
        let unit = DoubleDouble.powerOfTwo(Int(largest.exponent))
        let scaled = gram.scaled(byPowerOfTwo: 1 / unit)
        let spectrum = scaled.rounded.eigenDecomposition().values.sorted()
        let norm = spectrum.last ?? 0
        (self.gram, self.unit, self.norm) = (scaled, unit, norm)
        singularValues = spectrum.map { max(0, $0 / norm) }
        rejection = nil
    }

    /// Solves (M + λI) z = 1 and scales z to the sum 1.
    func solve(regularization lambda: Double) -> RNASolution {
        if let rejection { return RNASolution(rejection: rejection) }
        let least = (singularValues.first ?? 0) + lambda
        let conditionNumber = least > 0 ? (1 + lambda) / least : .infinity
        // Dividing M by its norm would round; multiplying λ by it changes z by that factor and c not at all.
        let system = gram.scaled(byPowerOfTwo: 1, shiftedBy: DoubleDouble.product(lambda, norm))
        let (z, isLimit) = leastResidual(system)
        let sum = z.reduce(.zero, +)
        let c = z.map { $0 / sum }
        let vanishes = !isLimit && (sum.high * norm).magnitude < Self.leastSum
        let reason: Rejection? = vanishes ? .vanishingSum : c.allSatisfy(\.isFinite) ? nil : .notFinite
        return RNASolution(
            coefficients: reason == nil ? c : [], conditionNumber: conditionNumber, spectralNorm: norm * unit,
            rejection: reason)
    }

    /// Below this |Σz|, the coefficients would be noise.
    static let leastSum = 1e-10

    /// A multiple of the c that minimises cᵀAc under Σc = 1: the solution of A z = 1, or its limit if A is singular.
    ///
    /// A is first scaled to a diagonal near 1, c = Du: a residual that is much shorter than the others would otherwise be
    /// lost among their rounding errors, and it is the best one. `isLimit` tells that z solves nothing: as A becomes
    /// singular, the solution grows without bound in its direction.
    private func leastResidual(_ a: GramMatrix) -> (z: [DoubleDouble], isLimit: Bool) {
        let diagonal = a.diagonal.map(\.high)
        // A residual of zero belongs to a point where the method stands still: nothing is better.
        if diagonal.contains(where: { $0 <= 0 }) { return (diagonal.map { DoubleDouble($0 <= 0 ? 1 : 0) }, true) }
        let d = diagonal.map { DoubleDouble.powerOfTwo(-Int($0.squareRoot().exponent)) }
        let cutoff = Double(a.order) * precision
        let factors = PivotedFactorization(a.scaled(byPowersOfTwo: d), cutoff: cutoff)
        let basic = zip(factors.basicSolution(d.map { DoubleDouble($0) }), d).map { $0.scaled(by: $1) }
        guard factors.rank < a.order else { return (basic, false) }

        // A direction without residual beats all others, unless its coefficients add up to nothing: then it must not
        // enter at all. Of the combinations that are left, the shortest.
        let space = NullSpace(factors.nullVectors().map { zip($0, d).map { $0.scaled(by: $1) } })
        let ones = [DoubleDouble](repeating: DoubleDouble(1), count: a.order)
        let best = space.projection(of: ones)
        let share = best.reduce(.zero, +).high / Double(a.order)
        if share > cutoff { return (best, true) }
        return (zip(basic, space.projection(of: basic)).map { $0 - $1 }, false)
    }
}
