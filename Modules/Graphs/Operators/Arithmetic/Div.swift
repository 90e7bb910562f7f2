import Buffers
import Tensors

/// a / b, element by element, with broadcasting; integers round towards zero. ONNX `Div`.
public struct Div: BinaryOperator {
    public static let name = "Div"

    /// The operator.
    public init() {}

    public func combine(_ a: Int, _ b: Int) -> Int? {
        let (quotient, overflow) = a.dividedReportingOverflow(by: b)
        return overflow ? nil : quotient
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0), operands.input(1)) { $0 / $1 }
    }

    /// da = dy / b, db = −dy · y / b.
    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let share = try context.emit(Div(), gradient, context.input(1))
        if context.needsGradient(0) {
            context.contribute(try context.reduce(share, toShapeOf: context.input(0)), to: 0)
        }
        if context.needsGradient(1) {
            let product = try context.emit(Mul(), share, context.output())
            let reduced = try context.reduce(product, toShapeOf: context.input(1))
            context.contribute(try context.emit(Scale(factor: -1), reduced), to: 1)
        }
    }
}
