import Buffers
import Tensors

/// The largest or the smallest of one or more tensors, element by element, with broadcasting.
///
/// NaN wins against every number. Of equal operands the first one gets the gradient.
public protocol ExtremumOperator: Operator {
    /// Whether it is the largest.
    static var isLargest: Bool { get }
}

extension ExtremumOperator {
    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        guard let first = operands[0]?.type else { throw OperandError("operand 0 (data_0) is missing") }
        var shape = first.shape
        for index in 1..<max(1, operands.count) {
            guard let type = operands[index]?.type else { throw OperandError("operand \(index) is missing") }
            guard type.kind == first.kind else {
                throw OperandError("one operand holds integers, another real numbers")
            }
            guard let both = Shape.broadcast(shape, type.shape) else {
                throw OperandError(
                    "the shapes \(Shape.describe(shape)) and \(Shape.describe(type.shape)) do not broadcast: "
                        + "aligned at the last dimension, sizes must be equal or 1")
            }
            shape = both
        }
        return [ValueType(first.kind, shape)]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard let shape = try? outputTypes(for: operands)[0].shape else { return nil }
        var result: [Int]?
        for index in 0..<operands.count {
            guard let next = operands[index]?.constant?.integers(through: { $0.broadcast(to: shape) })?.integers else {
                return nil
            }
            result = result.map { zip($0, next).map { Self.isLargest ? max($0, $1) : min($0, $1) } } ?? next
        }
        return result.map { [.integer(shape: shape, $0)] }
    }

    /// The reference kernel.
    @inline(__always)
    func extremum<E: Scalar>(_ operands: Operands<E>) {
        let y = operands.output()
        y.set(from: operands.input(0)) { $0 }
        for index in 1..<max(1, operands.inputCount) where operands.has(index) {
            y.set(from: y, operands.input(index)) { y, x in
                (Self.isLargest ? x > y : x < y) || x.isNaN ? x : y
            }
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        for index in context.node.inputs.indices where context.needsGradient(index) {
            let operands = [gradient, context.output()] + (0...index).map { context.input($0) }
            let share = try context.emitAll(ExtremumGradient(), operands)[0]
            context.contribute(try context.reduce(share, toShapeOf: context.input(index)), to: index)
        }
    }
}

/// A gradient of an ``ExtremumOperator``, before it is summed where the operand was stretched: operands dy, y and the
/// operands up to the one in question; result dy where that one is the first that equals y, else 0.
public struct ExtremumGradient: Operator {
    public static let name = "ExtremumGradient"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        guard operands.count >= 3 else {
            throw OperandError("takes at least 3 operands, but was given \(operands.count)")
        }
        let shape = try operands.shape(0, "dY")
        try operands.expectShape(1, "Y", shape)
        for index in 2..<operands.count {
            let operand = try operands.shape(index, "data_\(index - 2)")
            guard Shape.broadcast(shape, operand) == shape else {
                throw OperandError("\(Shape.describe(operand)) does not broadcast to \(Shape.describe(shape))")
            }
        }
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (dx, y) = (operands.output(), operands.input(1))
        let last = operands.inputCount - 1
        dx.set(from: operands.input(last), y) { $0 == $1 || ($0.isNaN && $1.isNaN) ? 1 : 0 }
        for index in 2..<last {
            dx.clear(whereEqual: operands.input(index), y)
        }
        dx.set(from: dx, operands.input(0)) { $0 == 0 ? 0 : $1 }
    }
}

extension TensorView where Element: BinaryFloatingPoint {
    /// Sets elements to 0 where two tensors, the first of which is broadcast, are equal.
    @inline(__always)
    fileprivate func clear(whereEqual a: TensorView, _ b: TensorView) {
        let a = a.broadcast(to: shape)
        forEachIndex { index in
            if a[index] == b[index] { self[index] = 0 }
        }
    }
}
