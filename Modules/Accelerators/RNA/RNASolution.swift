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
    /// c in twice Float64's precision: coefficients of 10⁹ that cancel are not rare without regularization.
    let weights: [DoubleDouble]

    init(
        coefficients: [DoubleDouble] = [], conditionNumber: Double = .nan, spectralNorm: Double = 0,
        rejection: Rejection? = nil
    ) {
        weights = coefficients
        self.coefficients = coefficients.map(\.high)
        self.conditionNumber = conditionNumber
        self.spectralNorm = spectralNorm
        self.rejection = rejection
    }
}
