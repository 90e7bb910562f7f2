extension RNASolution {
    /// RNA's coefficients for a Gram matrix in Float64 that the caller has summed up: for points that are never in memory
    /// as a whole.
    ///
    /// - Parameters:
    ///   - gram: RᵀR, row by row, the oldest residual first; what is above the diagonal is not read. Finite.
    ///   - order: the number of residuals; `gram` has as many rows and columns.
    ///   - settings: λ.
    public init(gram: UnsafePointer<Double>, order: Int, settings: RNA) {
        var matrix = GramMatrix(order: order)
        for i in 0..<order {
            for j in 0...i { matrix[i, j] = DoubleDouble(gram[i * order + j]) }
        }
        // Float64 sums, whatever they are of, are as exact as those of single-precision points.
        let system = RNASystem(matrix, precision: Combinations.gramPrecision(of: Float.self))
        self = system.solve(regularization: settings.regularization)
    }
}
