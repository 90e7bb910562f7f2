import COpenBLAS
import MatrixProducts

/// OpenBLAS's matrix product.
struct Multiplication: MatrixMultiplication {
    func callAsFunction(
        rows: Int, columns: Int, depth: Int, alpha: Float, a: UnsafePointer<Float>, aStride: Int, transposesA: Bool,
        b: UnsafePointer<Float>, bStride: Int, transposesB: Bool, adds: Bool, y: UnsafeMutablePointer<Float>,
        yStride: Int
    ) {
        cblas_sgemm(
            CblasRowMajor, transposesA ? CblasTrans : CblasNoTrans, transposesB ? CblasTrans : CblasNoTrans,
            Int32(rows), Int32(columns), Int32(depth), alpha, a, Int32(aStride), b, Int32(bStride), adds ? 1 : 0, y,
            Int32(yStride))
    }
}
