import Buffers
import CKernels
import Graphs

extension MatrixMultiplication {
    /// A kernel for a small result of long dot products, such as a dense layer's behind a convolution: these are cut, so
    /// that every worker reads its own part of both matrices, where a cut of the result has all of them read one matrix
    /// whole. The workers' results are added in their order.
    ///
    /// - Returns: `nil` unless the dot products are much longer than the result's sides.
    func deepGemm(
        _ product: MatrixProduct, m: Int, n: Int, alpha: Float, _ addend: Addend?, _ relu: Int32, _ workers: Workers,
        name: String
    ) -> Kernel? {
        let (k, size) = (product.k, m * n)
        let parts = workers.parts(k, grain: 16)
        // Measured on Zen 5 with 128 x 128: it pays from dot products of about 1,000 on.
        guard parts > 1, k >= 8 * max(m, n), m * n * k >= 1 << 22 else { return nil }
        let scratchBytes = (parts - 1) * size * MemoryLayout<Float>.stride
        return Kernel(name: name, scratchBytes: scratchBytes) { call in
            let a = UnsafePointer(call.input(0, as: Float.self))
            let b = UnsafePointer(call.input(1, as: Float.self))
            let c = call.optionalInput(2, as: Float.self)
            let y = call.output(0, as: Float.self)
            let others = call.scratch.assumingMemoryBound(to: Float.self)
            call.workers.split(k, grain: 16) { depth, worker in
                if worker == 0, let addend, let c { addend.fill(y, rows: 0..<m, columns: 0..<n, stride: n, from: c) }
                product.run(
                    self, depth: depth, rows: m, a: a, b: b, alpha: alpha, adds: worker == 0 && addend != nil,
                    y: worker == 0 ? y : others + (worker - 1) * size)
            }
            call.workers.split(size, grain: 1 << 12) { range, _ in
                let target = y + range.lowerBound
                for other in 0..<parts - 1 {
                    ck_combine_f32(
                        CK_ADD, other == parts - 2 ? relu : 0, 1, range.count, target, 0, 1,
                        others + other * size + range.lowerBound, 0, 1, target)
                }
            }
        }
    }
}
