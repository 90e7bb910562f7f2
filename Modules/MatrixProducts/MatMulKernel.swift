import Buffers
import Graphs
import Tensors

extension MatrixMultiplication {
    /// A kernel for the matrix products of all pairs of matrices; one matrix B for all of A's is a single product.
    ///
    /// - Returns: `nil` if an operand is not row-major, or a size is zero or beyond 32 bits.
    public func matMul(_ request: KernelRequest, name: String) -> Kernel? {
        guard let a = request.inputs[0], let b = request.inputs[1], a.isRowMajor, b.isRowMajor,
            request.outputs[0].isRowMajor, let shape = BatchedShape(a.shape, b.shape),
            let product = MatrixProduct(
                m: shape.m, n: shape.n, k: shape.k, transposeA: false, transposeB: false,
                workers: shape.count >= request.workers.count ? .serial : request.workers)
        else { return nil }
        let (parts, count, size) = (product.partition.count, shape.count, shape.m * shape.n)
        let grain = max(1, (1 << 18) / max(1, size * shape.k))
        return Kernel(name: name) { call in
            let a = UnsafePointer(call.input(0, as: Float.self))
            let b = UnsafePointer(call.input(1, as: Float.self))
            let y = call.output(0, as: Float.self)
            call.workers.split(count * parts, grain: grain) { range, _ in
                for index in range {
                    let (matrix, part) = index.quotientAndRemainder(dividingBy: parts)
                    product.run(
                        self, rows: product.partition.rows(of: part), columns: product.partition.columns(of: part),
                        a: a + shape.aOffsets.pointer[matrix], b: b + shape.bOffsets.pointer[matrix], alpha: 1,
                        adds: false, y: y + matrix * size)
                }
            }
        }
    }
}

/// The sizes of a batch of products, and where each one's operands start.
private struct BatchedShape: Sendable {
    let m: Int
    let k: Int
    let n: Int
    let count: Int
    let aOffsets: AlignedBuffer<Int>
    let bOffsets: AlignedBuffer<Int>

    /// - Returns: `nil` if memory is short.
    init?(_ left: [Int], _ right: [Int]) {
        let a = left.count == 1 ? [1] + left : left
        let b = right.count == 1 ? right + [1] : right
        (k, n) = (b[b.count - 2], b[b.count - 1])
        let rows = a[a.count - 2]
        guard let batch = Shape.broadcast(Array(a.dropLast(2)), Array(b.dropLast(2))) else { return nil }
        if b.dropLast(2).allSatisfy({ $0 == 1 }) {
            m = Shape.count(batch) * rows
            count = 1
        } else {
            m = rows
            count = Shape.count(batch)
        }
        guard let aOffsets = Self.offsets(of: a, in: batch, count: count),
            let bOffsets = Self.offsets(of: b, in: batch, count: count)
        else { return nil }
        (self.aOffsets, self.bOffsets) = (aOffsets, bOffsets)
    }

    /// Where the matrix of each product starts.
    private static func offsets(of shape: [Int], in batch: [Int], count: Int) -> AlignedBuffer<Int>? {
        if count == 1 { return try? AlignedBuffer([0]) }
        let leading = Array(shape.dropLast(2))
        let strides = Shape.rowMajorStrides(leading)
        let size = shape[shape.count - 2] * shape[shape.count - 1]
        let missing = batch.count - leading.count
        var list: [Int] = []
        TensorView<Float>.forEachIndex(of: batch) { index in
            list.append(
                leading.indices.reduce(0) { $0 + (leading[$1] == 1 ? 0 : index[missing + $1] * strides[$1] * size) })
        }
        return try? AlignedBuffer(list)
    }
}
