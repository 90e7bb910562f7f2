import Buffers
import Tensors

/// y = x − log Σ eˣ, the sum over x's group. ONNX `LogSoftmax`.
public struct LogSoftmax: Operator {
    public static let name = "LogSoftmax"

    /// What is normalised together.
    public let groups: SoftmaxGroups

    /// The operator. See ``Softmax/init(axis:flattensFromAxis:)``.
    public init(axis: Int = -1, flattensFromAxis: Bool = false) {
        groups = SoftmaxGroups(axis: axis, flattensFromAxis: flattensFromAxis)
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        let shape = try operands.commonShape("input")
        try groups.check(shape)
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        groups.forEach(x, x, y) { x, _, y in
            let largest = x.largest
            var sum: E = 0
            x.forEach { sum += E.exp($0 - largest) }
            let logarithm = E.log(sum)
            y.set(from: x) { ($0 - largest) - logarithm }
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let operation = LogSoftmaxGradient(axis: groups.axis, flattensFromAxis: groups.flattensFromAxis)
        context.contribute(try context.emit(operation, gradient, context.output()), to: 0)
    }

    public var overwritableInputs: [Int] { [0] }
}

/// The gradient of ``LogSoftmax``: operands dy and y, result dy − eʸ Σ dy.
public struct LogSoftmaxGradient: Operator {
    public static let name = "LogSoftmaxGradient"

    /// What was normalised together.
    public let groups: SoftmaxGroups

    /// The operator. See ``Softmax/init(axis:flattensFromAxis:)``.
    public init(axis: Int = -1, flattensFromAxis: Bool = false) {
        groups = SoftmaxGroups(axis: axis, flattensFromAxis: flattensFromAxis)
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        let shape = try operands.commonShape("dY", "Y")
        try groups.check(shape)
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        groups.forEach(operands.input(0), operands.input(1), operands.output()) { dy, y, dx in
            var sum: E = 0
            dy.forEach { sum += $0 }
            dx.set(from: dy, y) { $0 - E.exp($1) * sum }
        }
    }

    public var overwritableInputs: [Int] { [0, 1] }
}
