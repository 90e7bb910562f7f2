import Buffers
import Tensors

/// The matrix product with NumPy's rules. ONNX `MatMul`.
///
/// Operands: A (… x M x K) and B (… x K x N); the leading dimensions are broadcast. An operand of one dimension is a row
/// (A) or a column (B), and the result lacks that dimension.
public struct MatMul: Operator {
    public static let name = "MatMul"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        let a = try operands.shape(0, "A")
        let b = try operands.shape(1, "B")
        guard let product = MatrixProduct(a, b) else {
            throw OperandError(
                "A (\(Shape.describe(a))) and B (\(Shape.describe(b))) do not fit: A's last dimension must be B's "
                    + "last but one, and the dimensions before them must broadcast")
        }
        return [.real(product.resultShape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        guard let product = MatrixProduct(operands.input(0).shape, operands.input(1).shape) else {
            preconditionFailure("the shape rule accepts only matrices that fit")
        }
        let (m, k, n) = (product.rows, product.inner, product.columns)
        // Row-major operands and results: a dimension of 1 more or less moves nothing.
        let a = TensorView(operands.input(0).pointer, shape: product.a).broadcast(to: product.batch + [m, k])
        let b = TensorView(operands.input(1).pointer, shape: product.b).broadcast(to: product.batch + [k, n])
        var y = operands.output().pointer
        let (rank, step) = (product.batch.count, (b.strides[b.strides.count - 2], b.strides[b.strides.count - 1]))
        TensorView<E>.forEachIndex(of: product.batch) { index in
            var (left, right) = (a.pointer, b.pointer)
            for axis in 0..<rank {
                left += index[axis] * a.strides[axis]
                right += index[axis] * b.strides[axis]
            }
            for i in 0..<m {
                for j in 0..<n {
                    var sum: E = 0
                    for l in 0..<k {
                        sum += left[i * a.strides[rank] + l * a.strides[rank + 1]] * right[l * step.0 + j * step.1]
                    }
                    y[i * n + j] = sum
                }
            }
            y += m * n
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let result = context.outputGradient() else { return }
        let (a, b) = (context.input(0), context.input(1))
        guard let product = MatrixProduct(context.shape(of: a), context.shape(of: b)) else { return }
        if product.b.count == 2 {
            // One matrix for all rows: the batch is just more rows of one product.
            let rows = Shape.count(product.batch) * product.rows
            let gradient = try context.reshape(result, to: [rows, product.columns])
            if context.needsGradient(0) {
                let matrix = try context.reshape(b, to: product.b)
                let da = try context.emit(Gemm(transposeB: true), gradient, matrix)
                context.contribute(try context.reshape(da, to: context.shape(of: a)), to: 0)
            }
            if context.needsGradient(1) {
                let matrix = try context.reshape(a, to: [rows, product.inner])
                let db = try context.emit(Gemm(transposeA: true), matrix, gradient)
                context.contribute(try context.reshape(db, to: context.shape(of: b)), to: 1)
            }
            return
        }
        let gradient = try context.reshape(result, to: product.batch + [product.rows, product.columns])
        if context.needsGradient(0) {
            let matrix = try context.transposedMatrices(try context.reshape(b, to: product.b))
            let da = try context.emit(MatMul(), gradient, matrix)
            let sum = try context.reduce(da, toShape: product.a)
            context.contribute(try context.reshape(sum, to: context.shape(of: a)), to: 0)
        }
        if context.needsGradient(1) {
            let matrix = try context.transposedMatrices(try context.reshape(a, to: product.a))
            let db = try context.emit(MatMul(), matrix, gradient)
            let sum = try context.reduce(db, toShape: product.b)
            context.contribute(try context.reshape(sum, to: context.shape(of: b)), to: 1)
        }
    }

    public var layoutRule: LayoutRule { .rowMajor }

    public func multiplyAdds(inputs: [ValueType?], outputs: [ValueType]) -> Int {
        Shape.checkedCount([outputs[0].count, inputs[0]?.shape.last ?? 0]) ?? .max
    }
}

/// The shapes of a ``MatMul``.
struct MatrixProduct {
    /// A's shape with at least two dimensions.
    let a: [Int]
    /// B's shape with at least two dimensions.
    let b: [Int]
    /// The broadcast leading dimensions.
    let batch: [Int]
    let rows: Int
    let inner: Int
    let columns: Int
    let resultShape: [Int]

    /// `nil` if the shapes do not fit.
    init?(_ left: [Int], _ right: [Int]) {
        guard !left.isEmpty, !right.isEmpty else { return nil }
        a = left.count == 1 ? [1] + left : left
        b = right.count == 1 ? right + [1] : right
        (rows, inner, columns) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
        guard inner == b[b.count - 2], let batch = Shape.broadcast(a.dropLast(2), b.dropLast(2)) else { return nil }
        self.batch = batch
        resultShape = batch + (left.count == 1 ? [] : [rows]) + (right.count == 1 ? [] : [columns])
    }
}

extension GradientContext {
    /// Matrices with rows and columns exchanged.
    fileprivate mutating func transposedMatrices(_ value: ValueID) throws(GraphError) -> ValueID {
        let rank = shape(of: value).count
        return try emit(Transpose(permutation: Array(0..<rank - 2) + [rank - 1, rank - 2]), value)
    }
}
