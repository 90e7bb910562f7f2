import Buffers
import Tensors

/// x where x > 0, else alpha · x. ONNX `LeakyRelu`.
public struct LeakyRelu: Operator {
    public static let name = "LeakyRelu"

    /// The slope of the negative part.
    public let alpha: Double

    /// The operator; the default is ONNX's and PyTorch's.
    public init(alpha: Double = 0.01) { self.alpha = alpha }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        [.real(try operands.commonShape("X"))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let alpha = E(alpha)
        operands.output().set(from: operands.input(0)) { $0 > 0 ? $0 : alpha * $0 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        // Unless alpha is negative, y > 0 exactly where x > 0, and then x need not be kept.
        let sign = alpha >= 0 ? context.output() : context.input(0)
        context.contribute(try context.emit(LeakyReluGradient(alpha: alpha), gradient, sign), to: 0)
    }

    public var overwritableInputs: [Int] { [0] }
}

/// The gradient of ``LeakyRelu``: operands dy and s, which is positive where x is; result dy or alpha · dy.
public struct LeakyReluGradient: Operator {
    public static let name = "LeakyReluGradient"

    /// The slope of the negative part.
    public let alpha: Double

    /// The operator.
    public init(alpha: Double) { self.alpha = alpha }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        [.real(try operands.commonShape("dY", "sign"))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let alpha = E(alpha)
        operands.output().set(from: operands.input(0), operands.input(1)) { $1 > 0 ? $0 : alpha * $0 }
    }

    public var overwritableInputs: [Int] { [0, 1] }
}
