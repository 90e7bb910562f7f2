#if OneDNN
    import COneDNN
    import MatrixProducts

    /// oneDNN's matrix product, on the calling thread alone.
    struct Multiplication: MatrixMultiplication {
        func callAsFunction(
            rows: Int, columns: Int, depth: Int, alpha: Float, a: UnsafePointer<Float>, aStride: Int,
            transposesA: Bool, b: UnsafePointer<Float>, bStride: Int, transposesB: Bool, adds: Bool,
            y: UnsafeMutablePointer<Float>, yStride: Int
        ) {
            let done = cd_multiply(
                transposesA, transposesB, Int64(rows), Int64(columns), Int64(depth), alpha, a, Int64(aStride), b,
                Int64(bStride), adds ? 1 : 0, y, Int64(yStride))
            // It fails for lack of memory only, and there Swift itself stops, too.
            precondition(done, "oneDNN got no memory for a matrix product")
        }
    }
#endif
