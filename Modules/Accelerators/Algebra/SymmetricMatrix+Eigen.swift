/// The eigenvalues of a symmetric matrix, in no particular order, with an eigenvector for each.
struct EigenDecomposition {
    /// The eigenvalues.
    let values: [Double]
    /// `vectors[k]` belongs to `values[k]`; all have length 1 and stand at right angles to each other.
    let vectors: [[Double]]
}

extension SymmetricMatrix {
    /// The eigenvalues and eigenvectors by Jacobi's cyclic rotations.
    ///
    /// For a positive semi-definite matrix the small eigenvalues are as exact, relatively, as the large ones, as far as
    /// the data determine them: J. Demmel, K. Veselić, *Jacobi's method is more accurate than QR*, SIAM J. Matrix Anal.
    /// Appl. 13, 1992. That is why an element counts as zero relative to its own row's and column's diagonal.
    func eigenDecomposition() -> EigenDecomposition {
        var a = self
        var vectors = (0..<order).map { k in (0..<order).map { $0 == k ? 1.0 : 0 } }
        var rotated = true
        var sweeps = 0
        // Convergence is quadratic: matrices of a window's size need six to ten sweeps; the bound only ends a cycle.
        while rotated, sweeps < 64 {
            rotated = false
            sweeps += 1
            for p in 0..<order {
                for q in p + 1..<max(order, p + 1) {
                    let product = (a[p, p].magnitude.squareRoot()) * (a[q, q].magnitude.squareRoot())
                    guard a[p, q] != 0, a[p, q].magnitude > .ulpOfOne * product else { continue }
                    rotated = true
                    a.rotate(p, q, &vectors)
                }
            }
        }
        return EigenDecomposition(values: a.diagonal, vectors: vectors)
    }

    /// Makes element (p, q) zero by a rotation of the two axes.
    private mutating func rotate(_ p: Int, _ q: Int, _ vectors: inout [[Double]]) {
        let theta = (self[q, q] - self[p, p]) / (2 * self[p, q])
        let t = (theta < 0 ? -1 : 1) / (theta.magnitude + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        let (app, aqq, apq) = (self[p, p], self[q, q], self[p, q])
        self[p, p] = app - t * apq
        self[q, q] = aqq + t * apq
        self[p, q] = 0
        for k in 0..<order where k != p && k != q {
            let (akp, akq) = (self[k, p], self[k, q])
            self[k, p] = c * akp - s * akq
            self[k, q] = s * akp + c * akq
        }
        for k in 0..<order {
            let (vp, vq) = (vectors[p][k], vectors[q][k])
            vectors[p][k] = c * vp - s * vq
            vectors[q][k] = s * vp + c * vq
        }
    }
}
