import Buffers
import Tensors

/// a · b, element by element, with broadcasting. ONNX `Mul`.
public struct Mul: BinaryOperator {
    public static let name = "Mul"

    /// The operator.
    public init() {}

    public func combine(_ a: Int, _ b: Int) -> Int? {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? nil : product
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0), operands.input(1)) { $0 * $1 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        for index in 0..<2 where context.needsGradient(index) {
            let product = try context.emit(Mul(), gradient, context.input(1 - index))
            context.contribute(try context.reduce(product, toShapeOf: context.input(index)), to: index)
        }
    }
}
