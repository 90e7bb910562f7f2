import Buffers
import Tensors

/// The sum of one or more tensors, with broadcasting. ONNX `Sum`.
public struct Sum: Operator {
    public static let name = "Sum"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        guard operands.count > 0 else { throw OperandError("takes at least one operand") }
        var shape = try operands.shape(0, "data_0")
        for index in 1..<max(1, operands.count) {
            let next = try operands.shape(index, "data_\(index)")
            guard let both = Shape.broadcast(shape, next) else {
                throw OperandError(
                    "the shapes \(Shape.describe(shape)) and \(Shape.describe(next)) do not broadcast")
            }
            shape = both
        }
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let result = operands.output()
        guard operands.has(1) else { return result.set(from: operands.input(0)) { $0 } }
        // The first two at once: the result may lie in the memory of either.
        result.set(from: operands.input(0), operands.input(1)) { $0 + $1 }
        for index in 2..<max(2, operands.inputCount) where operands.has(index) {
            result.set(from: result, operands.input(index)) { $0 + $1 }
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        for index in context.node.inputs.indices where context.needsGradient(index) {
            context.contribute(try context.reduce(gradient, toShapeOf: context.input(index)), to: index)
        }
    }

    public var overwritableInputs: [Int] { [0, 1] }
}
