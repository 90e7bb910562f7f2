import Accelerators
import Testing

/// Gram matrices that have no inverse.
@Suite struct RNASingularTests {
    /// A state with these residuals; its points are the unit vectors, so that the extrapolation shows the coefficients.
    static func coefficients(_ residuals: [[Double]], regularization: Double = 0) throws -> [Double] {
        let n = residuals.count
        let state = try RNAState<Double>(
            RNA(window: n, regularization: regularization), count: n, residualCount: residuals[0].count)
        for (index, residual) in residuals.enumerated() {
            let point = (0..<n).map { $0 == index ? 1.0 : 0 }
            try state.push(point, residual: residual)
        }
        let result = try state.extrapolated()
        #expect(state.diagnostics.tally.accepted == 1)
        return result
    }

    static func expect(_ found: [Double], _ expected: [Double], within tolerance: Double = 1e-12) {
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) { #expect(abs(a - b) <= tolerance, "\(found)") }
    }

    @Test func equalResidualsShareTheirWeight() throws {
        Self.expect(try Self.coefficients([[1, 2], [1, 2]]), [0.5, 0.5])
        // r₃ is at right angles and half as long: (1/4, 1/4) on the pair, 1/… as the least residual asks.
        Self.expect(try Self.coefficients([[2, 0, 0], [2, 0, 0], [0, 2, 0]]), [0.25, 0.25, 0.5])
    }

    @Test func aResidualOfZeroTakesAllTheWeight() throws {
        Self.expect(try Self.coefficients([[3, 1], [0, 0]]), [0, 1])
        Self.expect(try Self.coefficients([[3, 1, 0], [0, 0, 0], [0, 0, 0]]), [0, 0.5, 0.5])
    }

    @Test func residualsThatCancelAreCombinedSoThatTheyDo() throws {
        Self.expect(try Self.coefficients([[1, 0], [-2, 0]]), [2.0 / 3, 1.0 / 3])
        Self.expect(try Self.coefficients([[4, 4], [1, 1]]), [-1.0 / 3, 4.0 / 3])
    }

    @Test func aMuchShorterResidualIsNotLostBesideLongOnes() throws {
        // r₂ + r₃ = 0 at a scale that is below the rounding of r₁'s square.
        Self.expect(try Self.coefficients([[1, 0], [0, 1e-9], [0, -1e-9]]), [0, 0.5, 0.5])
    }

    @Test func aSmallRegularizationLeadsToTheSameCoefficients() throws {
        for residuals in [[[1.0, 2], [1, 2]], [[1, 0], [-2, 0]], [[3, 1], [0, 0]], [[4, 4], [1, 1]]] {
            Self.expect(
                try Self.coefficients(residuals, regularization: 1e-11), try Self.coefficients(residuals),
                within: 1e-8)
        }
    }
}
