import Buffers
import Tensors

/// A general matrix product: y = activation(α · A' B' + β · C), where ' transposes if asked for. ONNX `Gemm`.
///
/// Operands: A (M x K, or K x M if transposed), B (K x N, or N x K if transposed), C (broadcast to M x N, may be left out).
public struct Gemm: Operator {
    public static let name = "Gemm"

    /// The factor of the product.
    public let alpha: Double
    /// The factor of C.
    public let beta: Double
    /// Whether A is given transposed.
    public let transposeA: Bool
    /// Whether B is given transposed.
    public let transposeB: Bool
    /// What is applied to the result.
    public let activation: Activation

    /// The operator.
    public init(
        alpha: Double = 1, beta: Double = 1, transposeA: Bool = false, transposeB: Bool = false,
        activation: Activation = .identity
    ) {
        self.alpha = alpha
        self.beta = beta
        self.transposeA = transposeA
        self.transposeB = transposeB
        self.activation = activation
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...3)
        let a = try operands.shape(0, "A", rank: 2)
        let b = try operands.shape(1, "B", rank: 2)
        let (m, k) = transposeA ? (a[1], a[0]) : (a[0], a[1])
        let (inner, n) = transposeB ? (b[1], b[0]) : (b[0], b[1])
        guard k == inner else {
            throw OperandError(
                "A (\(Shape.describe(a))\(transposeA ? ", transposed" : "")) has \(k) columns, "
                    + "but B (\(Shape.describe(b))\(transposeB ? ", transposed" : "")) has \(inner) rows")
        }
        if operands[2] != nil {
            let c = try operands.shape(2, "C")
            guard Shape.broadcast(c, [m, n]) == [m, n] else {
                throw OperandError("C (\(Shape.describe(c))) does not broadcast to \(m) x \(n)")
            }
        }
        return [.real([m, n])]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let y = operands.output()
        let a = transposeA ? operands.input(0).transposed() : operands.input(0)
        let b = transposeB ? operands.input(1).transposed() : operands.input(1)
        let c = operands.optionalInput(2)?.broadcast(to: y.shape)
        for i in 0..<y.shape[0] {
            for j in 0..<y.shape[1] {
                var sum: E = 0
                for k in 0..<a.shape[1] { sum += a[i, k] * b[k, j] }
                y[i, j] = activation(E(alpha) * sum + (c.map { E(beta) * $0[i, j] } ?? 0))
            }
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let result = context.outputGradient() else { return }
        let gradient = try context.gradient(result, before: activation)
        let (a, b) = (context.input(0), context.input(1))
        if context.needsGradient(0) {
            // dA' = α dY B'ᵀ, and dA = (dA')ᵀ where A came transposed.
            let da =
                transposeA
                ? try context.emit(Gemm(alpha: alpha, transposeA: transposeB, transposeB: true), b, gradient)
                : try context.emit(Gemm(alpha: alpha, transposeB: !transposeB), gradient, b)
            context.contribute(da, to: 0)
        }
        if context.needsGradient(1) {
            let db =
                transposeB
                ? try context.emit(Gemm(alpha: alpha, transposeA: true, transposeB: transposeA), gradient, a)
                : try context.emit(Gemm(alpha: alpha, transposeA: !transposeA), a, gradient)
            context.contribute(db, to: 1)
        }
        if context.needsGradient(2) {
            var dc = try context.reduce(gradient, toShapeOf: context.input(2))
            if beta != 1 { dc = try context.emit(Scale(factor: beta), dc) }
            context.contribute(dc, to: 2)
        }
    }

    public func fused(with activation: Activation) -> (any Operator)? {
        guard self.activation == .identity else { return nil }
        return Gemm(
            alpha: alpha, beta: beta, transposeA: transposeA, transposeB: transposeB, activation: activation)
    }

    public func multiplyAdds(inputs: [ValueType?], outputs: [ValueType]) -> Int {
        guard let a = inputs[0]?.shape else { return 0 }
        return Shape.checkedCount([outputs[0].count, transposeA ? a[0] : a[1]]) ?? .max
    }
}

extension TensorView {
    /// A two-dimensional view with rows and columns exchanged.
    func transposed() -> TensorView { TensorView(pointer, shape: shape.reversed(), strides: strides.reversed()) }
}
