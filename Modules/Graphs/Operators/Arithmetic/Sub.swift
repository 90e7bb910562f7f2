import Buffers
import Tensors

/// a − b, with broadcasting. ONNX `Sub`.
public struct Sub: BinaryOperator {
    public static let name = "Sub"

    /// The operator.
    public init() {}

    public func combine(_ a: Int, _ b: Int) -> Int? {
        let (difference, overflow) = a.subtractingReportingOverflow(b)
        return overflow ? nil : difference
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0), operands.input(1)) { $0 - $1 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        if context.needsGradient(0) {
            context.contribute(try context.reduce(gradient, toShapeOf: context.input(0)), to: 0)
        }
        if context.needsGradient(1) {
            let reduced = try context.reduce(gradient, toShapeOf: context.input(1))
            context.contribute(try context.emit(Scale(factor: -1), reduced), to: 1)
        }
    }
}
