import Buffers
import Tensors

/// a + b, with broadcasting, and an activation if one was fused in. ONNX `Add`.
public struct Add: BinaryOperator {
    public static let name = "Add"

    /// What is applied to the sum.
    public let activation: Activation

    /// The operator.
    public init(activation: Activation = .identity) { self.activation = activation }

    public func combine(_ a: Int, _ b: Int) -> Int? {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? nil : sum
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0), operands.input(1)) { activation($0 + $1) }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let result = context.outputGradient() else { return }
        let gradient = try context.gradient(result, before: activation)
        for index in 0..<2 where context.needsGradient(index) {
            context.contribute(try context.reduce(gradient, toShapeOf: context.input(index)), to: index)
        }
    }

    public func fused(with activation: Activation) -> (any Operator)? {
        self.activation == .identity ? Add(activation: activation) : nil
    }
}
