import Glibc

/// Eigenvalues of a symmetric tridiagonal matrix, with the last component of each eigenvector.
///
/// Implicit QL with Wilkinson's shift; only the last row of the matrix of eigenvectors is carried along, as G. H. Golub and
/// J. H. Welsch do with the first (*Calculation of Gauss quadrature rules*, Mathematics of Computation 23, 1969): n² work.
struct Tridiagonal {
    /// The eigenvalues, rising.
    let values: [Double]
    /// The last component of each one's eigenvector of length 1.
    let lastComponents: [Double]

    /// Decomposes a matrix.
    ///
    /// - Parameters:
    ///   - diagonal: n ≥ 1 numbers.
    ///   - offDiagonal: the n − 1 numbers beside it.
    init(diagonal: [Double], offDiagonal: [Double]) {
        var (d, e) = (diagonal, offDiagonal + [0])
        var last = [Double](repeating: 0, count: d.count)
        last[d.count - 1] = 1
        for l in d.indices {
            // A step at least squares the off-diagonal; 60 are far more than ever needed.
            for _ in 0..<60 {
                var m = l
                while m < d.count - 1, abs(e[m]) > Double.ulpOfOne * (abs(d[m]) + abs(d[m + 1])) { m += 1 }
                if m == l { break }
                Tridiagonal.chase(&d, &e, &last, from: m, to: l)
            }
        }
        let order = d.indices.sorted { d[$0] < d[$1] }
        values = order.map { d[$0] }
        lastComponents = order.map { last[$0] }
    }

    /// One implicit QL step on rows l to m.
    private static func chase(
        _ d: inout [Double], _ e: inout [Double], _ last: inout [Double], from m: Int, to l: Int
    ) {
        var g = (d[l + 1] - d[l]) / (2 * e[l])
        var r = hypot(g, 1)
        g = d[m] - d[l] + e[l] / (g + (g < 0 ? -r : r))
        var (s, c, p) = (1.0, 1.0, 0.0)
        for i in stride(from: m - 1, through: l, by: -1) {
            let (f, b) = (s * e[i], c * e[i])
            r = hypot(f, g)
            e[i + 1] = r
            guard r != 0 else {
                d[i + 1] -= p
                e[m] = 0
                return
            }
            (s, c) = (f / r, g / r)
            g = d[i + 1] - p
            r = (d[i] - g) * s + 2 * c * b
            p = s * r
            d[i + 1] = g + p
            g = c * r - b
            (last[i + 1], last[i]) = (s * last[i] + c * last[i + 1], c * last[i] - s * last[i + 1])
        }
        d[l] -= p
        e[l] = g
        e[m] = 0
    }
}
