/// The coefficients that a Gram matrix of residuals gives, or why it gives none.
public struct RNASolution: Sendable, Hashable {
    /// c, oldest point first, with the sum 1; empty if rejected.
    public let coefficients: [Double]
    /// The condition number of M + λI; infinity if it is singular, NaN if there is no such matrix.
    public let conditionNumber: Double
    /// ‖RᵀR‖₂, the square of the largest singular value of the residuals.
    public let spectralNorm: Double
    /// Why there are no coefficients, if there are none.
    public let rejection: Rejection?

    /// Solves (M + λI) z = 1 and scales z to the sum 1.
    ///
    /// - Parameters:
    ///   - gram: RᵀR.
    ///   - regularization: λ.
    init(gram: SymmetricMatrix, regularization lambda: Double) {
        guard let largest = gram.diagonal.max(), largest > 0 else {
            coefficients = []
            conditionNumber = .nan
            spectralNorm = 0
            rejection = gram.order == 0 ? .tooFewPoints : .zeroResiduals
            return
        }
        // A power of two near the largest element: no bit changes, and no product overflows.
        let unit = Double(sign: .plus, exponent: min(max(Int(largest.exponent), -1000), 1000), significand: 1)
        let scaled = gram.scaled(by: 1 / unit)
        let spectrum = scaled.eigenDecomposition().values
        let norm = spectrum.max() ?? 0
        let system = scaled.scaled(by: 1 / norm, shiftedBy: lambda)
        let least = max(0, (spectrum.min() ?? 0) / norm) + lambda
        spectralNorm = norm * unit
        conditionNumber = least > 0 ? (1 + lambda) / least : .infinity

        let z = RNASolution.leastResidual(system)
        let sum = z.reduce(0, +)
        let c = z.map { $0 / sum }
        let reason: Rejection? =
            sum.magnitude < RNASolution.leastSum ? .vanishingSum : c.allSatisfy(\.isFinite) ? nil : .notFinite
        coefficients = reason == nil ? c : []
        rejection = reason
    }

    /// Below this |Σz|, the coefficients would be noise.
    static let leastSum = 1e-10

    /// A multiple of the c that minimises cᵀAc under Σc = 1: the solution of A z = 1, or its limit if A is singular.
    ///
    /// A is first scaled to a unit diagonal, c = Du: a residual that is much shorter than the others would otherwise be
    /// lost among their rounding errors, and it is the best one.
    private static func leastResidual(_ a: SymmetricMatrix) -> [Double] {
        let diagonal = a.diagonal
        // A residual of zero belongs to a point where the method stands still: nothing is better.
        if diagonal.contains(where: { $0 <= 0 }) { return diagonal.map { $0 <= 0 ? 1 : 0 } }
        let d = diagonal.map { 1 / $0.squareRoot() }
        let eigen = a.scaled(by: d).eigenDecomposition()
        let projections = eigen.vectors.map { zip($0, d).reduce(0) { $0 + $1.0 * $1.1 } }

        // Below the cutoff an eigenvalue is zero as far as rounding lets one tell. A direction without residual beats all
        // others, unless its coefficients add up to nothing: then it must not enter at all.
        let cutoff = Double(a.order).squareRoot() * .ulpOfOne
        let leastProjection = Double(a.order) * .ulpOfOne * d.reduce(0) { $0 + $1 * $1 }
        let isZero = eigen.values.map { $0 <= cutoff }
        let best = eigen.values.indices.filter { isZero[$0] && projections[$0] * projections[$0] > leastProjection }

        var z = [Double](repeating: 0, count: a.order)
        for k in best.isEmpty ? eigen.values.indices.filter({ !isZero[$0] }) : best {
            let weight = best.isEmpty ? projections[k] / eigen.values[k] : projections[k]
            for i in z.indices { z[i] += d[i] * weight * eigen.vectors[k][i] }
        }
        return z
    }
}
