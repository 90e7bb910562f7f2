import Buffers
import CKernels
import Graphs
import Tensors

extension MatrixMultiplication {
    /// A kernel for y = activation(α · A' B' + β · C), cut into ranges of y's rows or columns.
    ///
    /// - Returns: `nil` if an operand is not row-major or a size is zero or beyond 32 bits.
    public func gemm(_ operation: Gemm, _ request: KernelRequest, name: String) -> Kernel? {
        guard let a = request.inputs[0], let b = request.inputs[1], a.isRowMajor, b.isRowMajor,
            request.outputs[0].isRowMajor
        else { return nil }
        let c = request.inputs.count > 2 ? request.inputs[2] : nil
        let (m, n) = (request.outputs[0].shape[0], request.outputs[0].shape[1])
        let k = a.shape[operation.transposeA ? 0 : 1]
        guard
            let product = MatrixProduct(
                m: m, n: n, k: k, transposeA: operation.transposeA, transposeB: operation.transposeB,
                workers: request.workers)
        else { return nil }
        let addend = c.map { Addend($0, beta: Float(operation.beta)) }
        let alpha = Float(operation.alpha)
        let relu: Int32 = operation.activation == .relu ? 1 : 0

        return Kernel(name: name) { call in
            let a = UnsafePointer(call.input(0, as: Float.self))
            let b = UnsafePointer(call.input(1, as: Float.self))
            let c = call.optionalInput(2, as: Float.self)
            let y = call.output(0, as: Float.self)
            call.workers.split(product.partition.count) { parts, _ in
                for part in parts {
                    let (rows, columns) = (product.partition.rows(of: part), product.partition.columns(of: part))
                    let target = y + rows.lowerBound * n + columns.lowerBound
                    if let addend, let c {
                        ck_fill_rows_f32(
                            target, rows.count, columns.count, n,
                            c + rows.lowerBound * addend.rowStride + columns.lowerBound * addend.columnStride,
                            addend.rowStride, addend.columnStride, addend.beta)
                    }
                    product.run(
                        self, rows: rows, columns: columns, a: a, b: b, alpha: alpha, adds: addend != nil, y: y)
                    ck_finish_rows_f32(target, rows.count, columns.count, n, nil, relu)
                }
            }
        }
    }
}

/// C of a ``Gemm``, stretched to the result's shape.
private struct Addend: Sendable {
    let rowStride: Int
    let columnStride: Int
    let beta: Float

    init(_ c: PhysicalType, beta: Float) {
        let rank = c.shape.count
        rowStride = rank == 2 && c.shape[0] > 1 ? c.strides[0] : 0
        columnStride = rank >= 1 && c.shape[rank - 1] > 1 ? c.strides[rank - 1] : 0
        self.beta = beta
    }
}
