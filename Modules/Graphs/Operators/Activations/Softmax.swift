import Buffers
import Tensors

/// y = eˣ / Σ eˣ, the sum over x's group. ONNX `Softmax`.
public struct Softmax: Operator {
    public static let name = "Softmax"

    /// What is normalised together.
    public let groups: SoftmaxGroups

    /// The operator.
    ///
    /// - Parameters:
    ///   - axis: the dimension along which it normalises, from −rank to rank − 1. ONNX's default is −1; before opset
    ///     13, 1.
    ///   - flattensFromAxis: whether it normalises over all dimensions from `axis` on, as ONNX did before opset 13.
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
            y.set(from: x) { E.exp($0 - largest) }
            var sum: E = 0
            y.forEach { sum += $0 }
            y.set(from: y) { $0 / sum }
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let operation = SoftmaxGradient(axis: groups.axis, flattensFromAxis: groups.flattensFromAxis)
        context.contribute(try context.emit(operation, gradient, context.output()), to: 0)
    }

    public var overwritableInputs: [Int] { [0] }
}

/// The gradient of ``Softmax``: operands dy and y, result y (dy − Σ dy · y).
public struct SoftmaxGradient: Operator {
    public static let name = "SoftmaxGradient"

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
            dy.forEach(with: y) { sum += $0 * $1 }
            dx.set(from: dy, y) { $1 * ($0 - sum) }
        }
    }

    public var overwritableInputs: [Int] { [0, 1] }
}

extension TensorView where Element: BinaryFloatingPoint {
    /// The largest element; NaN if there is one, −∞ if there are none.
    @inline(__always)
    var largest: Element {
        var largest = -Element.infinity
        forEach { if $0 > largest || $0.isNaN { largest = $0 } }
        return largest
    }
}
