import Buffers
import Tensors

/// The remainder of a / b, element by element, with broadcasting. ONNX `Mod`.
public struct Mod: BinaryOperator {
    public static let name = "Mod"

    /// Whether the remainder has the dividend's sign, as in C, and not the divisor's.
    public let followsDividend: Bool

    /// The operator; the default is ONNX's.
    public init(followsDividend: Bool = false) { self.followsDividend = followsDividend }

    public func combine(_ a: Int, _ b: Int) -> Int? {
        guard b != 0 else { return nil }
        let remainder = a.remainderReportingOverflow(dividingBy: b).partialValue
        return followsDividend || remainder == 0 || (remainder < 0) == (b < 0) ? remainder : remainder + b
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0), operands.input(1)) { a, b in
            let remainder = a.truncatingRemainder(dividingBy: b)
            return followsDividend || remainder == 0 || (remainder < 0) == (b < 0) ? remainder : remainder + b
        }
    }

    /// da = dy, db = −dy · (a − y) / b.
    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        if context.needsGradient(0) {
            context.contribute(try context.reduce(gradient, toShapeOf: context.input(0)), to: 0)
        }
        if context.needsGradient(1) {
            let whole = try context.emit(Sub(), context.output(), context.input(0))
            let quotient = try context.emit(Div(), whole, context.input(1))
            let product = try context.emit(Mul(), gradient, quotient)
            context.contribute(try context.reduce(product, toShapeOf: context.input(1)), to: 1)
        }
    }
}
