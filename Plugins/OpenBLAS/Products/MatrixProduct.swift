import Buffers
import COpenBLAS

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

    /// A product, or `nil` if a size is beyond OpenBLAS's or zero.
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
        rows: Range<Int>, columns: Range<Int>, a: UnsafePointer<Float>, b: UnsafePointer<Float>, alpha: Float,
        adds: Bool, y: UnsafeMutablePointer<Float>
    ) {
        guard !rows.isEmpty, !columns.isEmpty else { return }
        cblas_sgemm(
            CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
            Int32(rows.count), Int32(columns.count), Int32(k), alpha,
            a + rows.lowerBound * (transposeA ? 1 : aStride), Int32(aStride),
            b + columns.lowerBound * (transposeB ? bStride : 1), Int32(bStride), adds ? 1 : 0,
            y + rows.lowerBound * n + columns.lowerBound, Int32(n))
    }
}
