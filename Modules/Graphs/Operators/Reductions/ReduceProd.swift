import Buffers
import Tensors

/// The product over some dimensions. ONNX `ReduceProd`.
public struct ReduceProd: ReductionOperator {
    public static let name = "ReduceProd"

    public let axes: [Int]?
    public let keepsDimensions: Bool
    public let isIdentityWithoutAxes: Bool

    /// The operator; the defaults are ONNX's.
    public init(axes: [Int]? = nil, keepsDimensions: Bool = true, isIdentityWithoutAxes: Bool = false) {
        self.axes = axes
        self.keepsDimensions = keepsDimensions
        self.isIdentityWithoutAxes = isIdentityWithoutAxes
    }

    public static func combine(_ elements: [Int]) -> Int? {
        var product = 1
        for element in elements {
            let (next, overflow) = product.multipliedReportingOverflow(by: element)
            if overflow { return nil }
            product = next
        }
        return product
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        _ = reduce(operands, from: 1) { $0 * $1 }
    }

    /// dx = dy times the product of the other elements. It is the product of all that are not 0, divided by x where that
    /// is not 0, if none of the others is 0.
    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        let x = context.input(0)
        let axes = resolvedAxes(context.shape(of: x).count)
        let (zero, one) = (try context.number(0), try context.number(1))
        let isZero = try context.emit(Comparison(.equal), x, zero)
        let factors = try context.emit(Where(), isZero, one, x)
        let product = try context.emit(ReduceProd(axes: axes, isIdentityWithoutAxes: true), factors)
        let zeros = try context.emit(ReduceSum(axes: axes, isIdentityWithoutAxes: true), isZero)
        let others = try context.emit(Comparison(.equal), zeros, isZero)
        let quotient = try context.emit(Mul(), others, try context.emit(Div(), product, factors))
        context.contribute(try context.emit(Mul(), quotient, try kept(gradient, &context)), to: 0)
    }
}
