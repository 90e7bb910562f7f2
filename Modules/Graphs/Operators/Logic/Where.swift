import Buffers
import Tensors

/// a where a condition holds, else b, with broadcasting. ONNX `Where`.
///
/// Operands: the condition, of either kind, which holds where it is not 0; a and b.
public struct Where: Operator {
    public static let name = "Where"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(3...3)
        guard let condition = operands[0]?.type, let a = operands[1]?.type, let b = operands[2]?.type else {
            throw OperandError("the condition and both choices must be given")
        }
        guard a.kind == b.kind else { throw OperandError("one choice holds integers, the other real numbers") }
        guard let both = Shape.broadcast(a.shape, b.shape), let shape = Shape.broadcast(both, condition.shape) else {
            throw OperandError(
                "the shapes \(Shape.describe(condition.shape)), \(Shape.describe(a.shape)) and "
                    + "\(Shape.describe(b.shape)) do not broadcast: aligned at the last dimension, sizes must be equal or 1"
            )
        }
        return [ValueType(a.kind, shape)]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard let shape = try? outputTypes(for: operands)[0].shape else { return nil }
        let lists = (0..<3).compactMap { index in
            operands[index]?.constant?.integers(through: { $0.broadcast(to: shape) })?.integers
        }
        guard lists.count == 3 else { return nil }
        return [.integer(shape: shape, lists[0].indices.map { lists[0][$0] != 0 ? lists[1][$0] : lists[2][$0] })]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (a, b, y) = (operands.input(1), operands.input(2), operands.output())
        if operands.isInteger(0) {
            Self.choose(operands.integers(0), a, b, y)
        } else {
            Self.choose(operands.input(0), a, b, y)
        }
    }

    @inline(__always)
    private static func choose<C: Numeric, E: Scalar>(
        _ condition: TensorView<C>, _ a: TensorView<E>, _ b: TensorView<E>, _ y: TensorView<E>
    ) {
        let (condition, a, b) = (
            condition.broadcast(to: y.shape), a.broadcast(to: y.shape), b.broadcast(to: y.shape)
        )
        let runs = ElementRuns(y.shape, [y.strides, condition.strides, a.strides, b.strides])
        let steps = runs.steps
        runs.forEach { offsets in
            let (y, c) = (y.pointer + offsets[0], condition.pointer + offsets[1])
            let (a, b) = (a.pointer + offsets[2], b.pointer + offsets[3])
            for i in 0..<runs.length {
                y[i * steps[0]] = c[i * steps[1]] != 0 ? a[i * steps[2]] : b[i * steps[3]]
            }
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let condition = context.input(0)
        for index in 1...2 where context.needsGradient(index) {
            let nothing = try context.number(0)
            let choices = index == 1 ? (gradient, nothing) : (nothing, gradient)
            let chosen = try context.emit(Where(), condition, choices.0, choices.1)
            context.contribute(try context.reduce(chosen, toShapeOf: context.input(index)), to: index)
        }
    }
}
