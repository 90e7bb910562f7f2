import Buffers

/// A single-threaded product of matrices as BLAS has it, row-major: y = α · op(A) op(B), or added to what y holds.
///
/// y is `rows` x `columns`, op(A) `rows` x `depth`, op(B) `depth` x `columns`; a stride is the distance of two rows as they
/// are stored.
public protocol MatrixMultiplication: Sendable {
    /// Computes it.
    func callAsFunction(
        rows: Int, columns: Int, depth: Int, alpha: Float, a: UnsafePointer<Float>, aStride: Int, transposesA: Bool,
        b: UnsafePointer<Float>, bStride: Int, transposesB: Bool, adds: Bool, y: UnsafeMutablePointer<Float>,
        yStride: Int)
}

/// A product of two row-major matrices, either of which may be transposed, cut into parts.
struct MatrixProduct: Sendable {
    private let n: Int
    private let k: Int
    private let transposeA: Bool
    private let transposeB: Bool
    private let aStride: Int
    private let bStride: Int
    /// How the result is cut.
    let partition: Partition

    /// A product, or `nil` if a size is beyond 32 bits or zero.
    init?(m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool, workers: Workers) {
        guard [m, n, k].allSatisfy({ $0 > 0 && $0 < Int(Int32.max) }) else { return nil }
        (self.n, self.k) = (n, k)
        (self.transposeA, self.transposeB) = (transposeA, transposeB)
        aStride = transposeA ? m : k
        bStride = transposeB ? k : n
        // The longer side is cut; rows too few to cut make Partition turn to the columns.
        partition = Partition(
            rows: m, columns: n, multiplyAddsEach: k, leastRows: m >= n ? 32 : Int.max, workers: workers)
    }

    /// Computes some rows and columns of y = α · A' B', or adds them to what y holds.
    func run(
        _ multiply: some MatrixMultiplication, rows: Range<Int>, columns: Range<Int>, a: UnsafePointer<Float>,
        b: UnsafePointer<Float>, alpha: Float, adds: Bool, y: UnsafeMutablePointer<Float>
    ) {
        guard !rows.isEmpty, !columns.isEmpty else { return }
        multiply(
            rows: rows.count, columns: columns.count, depth: k, alpha: alpha,
            a: a + rows.lowerBound * (transposeA ? 1 : aStride), aStride: aStride, transposesA: transposeA,
            b: b + columns.lowerBound * (transposeB ? bStride : 1), bStride: bStride, transposesB: transposeB,
            adds: adds, y: y + rows.lowerBound * n + columns.lowerBound, yStride: n)
    }
}
