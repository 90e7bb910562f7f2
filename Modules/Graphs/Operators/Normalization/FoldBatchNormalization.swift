import Buffers
import Tensors

/// The filters and the bias of a convolution that does what another one and the ``BatchNormalization`` behind it do.
///
/// w′[o, …] = w[o, …] · factor[o] and b′[o] = bias[o] + (b[o] − mean[o]) · factor[o], with
/// factor[o] = scale[o] / √(variance[o] + ε).
///
/// Operands: w (O x …, at least two dimensions), scale, bias, mean, variance (O each), and the convolution's own bias b
/// (O, may be left out). Results: w′ and b′.
public struct FoldBatchNormalization: Operator {
    public static let name = "FoldBatchNormalization"

    /// The normalisation's ε.
    public let epsilon: Double

    /// The operator.
    public init(epsilon: Double) { self.epsilon = epsilon }

    public var outputCount: Int { 2 }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(5...6)
        let shape = try operands.shape(0, "W")
        guard shape.count >= 2 else {
            throw OperandError("W needs at least two dimensions, O x C, not \(Shape.describe(shape))")
        }
        guard epsilon >= 0, epsilon.isFinite else { throw OperandError("epsilon must be at least 0, not \(epsilon)") }
        for (index, name) in ["scale", "B", "mean", "var"].enumerated() {
            _ = try operands.shape(index + 1, name)
            try operands.expectShape(index + 1, name, [shape[0]])
        }
        try operands.expectShape(5, "b", [shape[0]])
        return [.real(shape), .real([shape[0]])]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (w, scale, bias) = (operands.input(0), operands.input(1), operands.input(2))
        let (mean, variance, own) = (operands.input(3), operands.input(4), operands.optionalInput(5))
        let (filters, shifts) = (operands.output(0), operands.output(1))
        for o in 0..<w.shape[0] {
            let factor = scale[o] / (variance[o] + E(epsilon)).squareRoot()
            filters.slice(0, at: o).set(from: w.slice(0, at: o)) { $0 * factor }
            shifts[o] = bias[o] + ((own?[o] ?? 0) - mean[o]) * factor
        }
    }

    public var layoutRule: LayoutRule { .rowMajor }
}
