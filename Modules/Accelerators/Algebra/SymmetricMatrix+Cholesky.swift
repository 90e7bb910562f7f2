extension SymmetricMatrix {
    /// The solution of A z = b by Cholesky's decomposition, or nil if A is not positive definite to working precision.
    ///
    /// Scaling rows and columns by powers of two changes no bit of the solution but its exponents, so residuals of very
    /// different lengths lose nothing to each other.
    func solveCholesky(_ right: [Double]) -> [Double]? {
        let tolerance = Double(order) * .ulpOfOne
        var lower = SymmetricMatrix(order: order)
        for j in 0..<order {
            var pivot = self[j, j]
            for k in 0..<j { pivot -= lower[j, k] * lower[j, k] }
            guard pivot > tolerance * self[j, j] else { return nil }
            let root = pivot.squareRoot()
            lower[j, j] = root
            for i in j + 1..<max(order, j + 1) {
                var sum = self[i, j]
                for k in 0..<j { sum -= lower[i, k] * lower[j, k] }
                lower[i, j] = sum / root
            }
        }
        var z = right
        for i in 0..<order {
            for k in 0..<i { z[i] -= lower[i, k] * z[k] }
            z[i] /= lower[i, i]
        }
        for i in stride(from: order - 1, through: 0, by: -1) {
            for k in i + 1..<max(order, i + 1) { z[i] -= lower[k, i] * z[k] }
            z[i] /= lower[i, i]
        }
        return z
    }
}
