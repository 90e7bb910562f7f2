import Buffers
import Tensors

/// The mean over all elements of (prediction − target)². Operands: prediction and target, of one shape; result: a scalar.
public struct MeanSquaredError: Operator {
    public static let name = "MeanSquaredError"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        let shape = try operands.commonShape("prediction", "target")
        guard Shape.count(shape) > 0 else { throw OperandError("no elements, \(Shape.describe(shape)), have no mean") }
        return [.real([])]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let prediction = operands.input(0)
        var sum: E = 0
        prediction.forEach(with: operands.input(1)) { sum += ($0 - $1) * ($0 - $1) }
        operands.output().pointer.pointee = sum / E(prediction.count)
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let (prediction, target) = (context.input(0), context.input(1))
        if context.needsGradient(0) {
            context.contribute(
                try context.emit(MeanSquaredErrorGradient(), gradient, prediction, target), to: 0)
        }
        if context.needsGradient(1) {
            context.contribute(
                try context.emit(MeanSquaredErrorGradient(), gradient, target, prediction), to: 1)
        }
    }
}

/// The gradient of ``MeanSquaredError``: operands dloss, prediction, target; result dloss · 2 (prediction − target) / n.
public struct MeanSquaredErrorGradient: Operator {
    public static let name = "MeanSquaredErrorGradient"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(3...3)
        _ = try operands.shape(0, "dloss", rank: 0)
        let shape = try operands.shape(1, "prediction")
        _ = try operands.shape(2, "target")
        try operands.expectShape(2, "target", shape)
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let result = operands.output()
        let factor = 2 * operands.input(0).pointer.pointee / E(max(result.count, 1))
        result.set(from: operands.input(1), operands.input(2)) { factor * ($0 - $1) }
    }

    public var overwritableInputs: [Int] { [1, 2] }
}
