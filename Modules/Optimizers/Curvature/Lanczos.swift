import Buffers
import CKernels

/// Lanczos's method: the extreme eigenvalues of a symmetric operator that is known only by its products.
///
/// From a random unit vector q₁:
///
///     z = A q_j,   α_j = q_jᵀ z,   z ← z − α_j q_j − β_{j−1} q_{j−1},   β_j = ‖z‖,   q_{j+1} = z/β_j
///
/// The extreme eigenvalues of the tridiagonal matrix of the α and β approach those of A; |β_j s|, s the last component of
/// its eigenvector, bounds their error. Every new vector is made orthogonal to all earlier ones twice over: without that,
/// rounding brings copies of eigenvalues that have converged. Coefficients are taken and kept in double precision.
///
/// C. Lanczos, 1950; B. N. Parlett, *The symmetric eigenvalue problem*, 1980, chapter 13.
public struct Lanczos: Sendable, Hashable {
    /// The most products to take, at least 1; each keeps a vector.
    public let steps: Int
    /// When both extreme eigenvalues are good enough: the bound on their error over the largest magnitude.
    public let tolerance: Double
    /// Determines the first vector.
    public let seed: UInt64

    /// - Parameters:
    ///   - steps: the most products to take; values below 1 count as 1.
    ///   - tolerance: the relative error at which to stop, at least 0. 1e-3 by default.
    ///   - seed: determines the first vector.
    public init(steps: Int = 60, tolerance: Double = 1e-3, seed: UInt64 = 0) {
        self.steps = max(1, steps)
        self.tolerance = tolerance
        self.seed = seed
    }

    /// Finds the extreme eigenvalues.
    ///
    /// - Parameters:
    ///   - count: the operator's dimension, at least 1.
    ///   - workers: the threads to use; their number does not change a bit.
    ///   - product: writes the operator's product with its first argument to its second.
    /// - Throws: what `product` throws; `AllocationError` if memory for the vectors is short.
    public func spectrum<Element: Scalar>(
        count: Int, as type: Element.Type = Element.self, workers: Workers,
        product: (UnsafeBufferPointer<Element>, UnsafeMutableBufferPointer<Element>) throws -> Void
    ) throws -> Spectrum {
        let algebra = FlatAlgebra<Element>(workers)
        var random = Philox(seed: seed)
        let first = try AlignedBuffer<Element>(count: max(count, 1))
        for index in 0..<first.count { first.pointer[index] = Element(random.normal()) }
        algebra.scale(first, 1 / algebra.norm(first))
        var basis = [first]
        var (diagonal, offDiagonal): ([Double], [Double]) = ([], [])
        while true {
            let last = basis[basis.count - 1]
            let next = try AlignedBuffer<Element>(count: last.count)
            try product(last.elements, next.mutableElements)
            diagonal.append(algebra.dot(last, next))
            for _ in 0..<2 { for q in basis { algebra.add(next, q, -algebra.dot(q, next)) } }
            let beta = algebra.norm(next)
            let found = Spectrum(Tridiagonal(diagonal: diagonal, offDiagonal: offDiagonal), beta, steps: basis.count)
            let scale = max(abs(found.smallest), abs(found.largest))
            let isExact = beta <= Double(Element.ulpOfOne) * scale || basis.count == last.count
            guard !isExact, basis.count < steps, !(found.error <= tolerance * scale && basis.count > 2) else {
                return found
            }
            offDiagonal.append(beta)
            algebra.scale(next, 1 / beta)
            basis.append(next)
        }
    }
}

/// The ends of a symmetric operator's spectrum.
public struct Spectrum: Sendable, Hashable {
    /// λmin.
    public let smallest: Double
    /// λmax.
    public let largest: Double
    /// A bound on the error of both, in exact arithmetic.
    public let error: Double
    /// How many products it took.
    public let products: Int

    init(_ matrix: Tridiagonal, _ beta: Double, steps: Int) {
        let last = matrix.values.count - 1
        (smallest, largest) = (matrix.values[0], matrix.values[last])
        error = beta * max(abs(matrix.lastComponents[0]), abs(matrix.lastComponents[last]))
        products = steps
    }
}
