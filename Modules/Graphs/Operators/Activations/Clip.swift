import Buffers
import Tensors

/// x limited to lower…upper. ONNX `Clip`, with its operands as attributes.
///
/// If the bounds cross, every element becomes the upper one. NaN stays NaN.
public struct Clip: Operator {
    public static let name = "Clip"

    /// The smallest result; `nil` for no bound.
    public let lower: Double?
    /// The largest result; `nil` for no bound.
    public let upper: Double?

    /// The operator.
    public init(lower: Double? = nil, upper: Double? = nil) {
        self.lower = lower
        self.upper = upper
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        [.real(try operands.commonShape("input"))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (lower, upper) = (E(lower ?? -.infinity), E(upper ?? .infinity))
        operands.output().set(from: operands.input(0)) { x in
            let raised = x < lower ? lower : x
            return raised > upper ? upper : raised
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let operation = ClipGradient(lower: lower, upper: upper)
        context.contribute(try context.emit(operation, gradient, context.input(0)), to: 0)
    }

    public var overwritableInputs: [Int] { [0] }
}

/// The gradient of ``Clip``: operands dy and x, result dy where lower ≤ x ≤ upper, else 0.
public struct ClipGradient: Operator {
    public static let name = "ClipGradient"

    /// The smallest x that is passed on; `nil` for no bound.
    public let lower: Double?
    /// The largest x that is passed on; `nil` for no bound.
    public let upper: Double?

    /// The operator.
    public init(lower: Double? = nil, upper: Double? = nil) {
        self.lower = lower
        self.upper = upper
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        [.real(try operands.commonShape("dY", "X"))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (lower, upper) = (E(lower ?? -.infinity), E(upper ?? .infinity))
        operands.output().set(from: operands.input(0), operands.input(1)) { dy, x in
            x >= lower && x <= upper ? dy : 0
        }
    }

    public var overwritableInputs: [Int] { [0, 1] }
}
