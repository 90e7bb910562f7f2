/// PᵀAP = L·D·Lᵀ of a positive semi-definite matrix, the largest remaining diagonal element first, up to its rank.
///
/// N. J. Higham, *Analysis of the Cholesky decomposition of a semi-definite matrix*, 1990: with this order the factors
/// are stable, and what remains behind the last pivot is what rounding left of zeros.
struct PivotedFactorization {
    /// The matrix's order.
    let order: Int
    /// Which row of the matrix each row of the factors is.
    private var rows: [Int]
    /// L below the diagonal, D on it, row by row in the order of `rows`.
    private var factors: GramMatrix
    /// The number of pivots above the cutoff.
    private(set) var rank = 0

    /// Factors `a`.
    ///
    /// - Parameters:
    ///   - a: positive semi-definite; a diagonal near 1 makes the cutoff mean the same for every row.
    ///   - cutoff: pivots up to this count as zero.
    init(_ a: GramMatrix, cutoff: Double) {
        order = a.order
        rows = Array(0..<a.order)
        factors = a
        for k in 0..<order {
            let pivot = (k..<order).max { factors[$0, $0].high < factors[$1, $1].high } ?? k
            guard factors[pivot, pivot].high > cutoff else { break }
            swap(k, pivot)
            eliminate(k)
            rank += 1
        }
    }

    private mutating func swap(_ a: Int, _ b: Int) {
        guard a != b else { return }
        rows.swapAt(a, b)
        // The lower triangle holds what is eliminated already to the left, the rest of the matrix to the right.
        for k in 0..<order where k != a && k != b {
            let value = factors[a, k]
            factors[a, k] = factors[b, k]
            factors[b, k] = value
        }
        let value = factors[a, a]
        factors[a, a] = factors[b, b]
        factors[b, b] = value
    }

    private mutating func eliminate(_ k: Int) {
        let pivot = factors[k, k]
        let column = (k..<order).map { factors[$0, k] }
        for i in k + 1..<max(order, k + 1) {
            let multiplier = column[i - k] / pivot
            for j in k + 1...i { factors[i, j] = factors[i, j] - multiplier * column[j - k] }
            factors[i, k] = multiplier
        }
    }

    /// The solution of A z = b whose elements are zero in the rows that have no pivot.
    func basicSolution(_ b: [DoubleDouble]) -> [DoubleDouble] {
        var y = rows.prefix(rank).map { b[$0] }
        for i in 0..<rank {
            for j in 0..<i { y[i] = y[i] - factors[i, j] * y[j] }
        }
        for i in 0..<rank { y[i] = y[i] / factors[i, i] }
        return unpermuted(substitutedBack(y))
    }

    /// A basis of what A maps to zero: one vector for each row without a pivot.
    func nullVectors() -> [[DoubleDouble]] {
        (rank..<order).map { row in
            var vector = substitutedBack((0..<rank).map { -factors[row, $0] })
            vector += (rank..<order).map { DoubleDouble($0 == row ? 1 : 0) }
            return unpermuted(vector)
        }
    }

    /// The solution of L₁₁ᵀ x = y.
    private func substitutedBack(_ y: [DoubleDouble]) -> [DoubleDouble] {
        var x = y
        for i in (0..<rank).reversed() {
            for j in i + 1..<max(rank, i + 1) { x[i] = x[i] - factors[j, i] * x[j] }
        }
        return x
    }

    private func unpermuted(_ x: [DoubleDouble]) -> [DoubleDouble] {
        var result = [DoubleDouble](repeating: .zero, count: order)
        for (index, value) in x.enumerated() { result[rows[index]] = value }
        return result
    }
}
