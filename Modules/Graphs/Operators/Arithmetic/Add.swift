import Buffers
import Tensors

/// a + b, with broadcasting, and an activation if one was fused in. ONNX `Add`.
public struct Add: BinaryOperator {
    public static let name = "Add"

    /// What is applied to the sum.
    public let activation: Activation

    /// The operator.
    public init(activation: Activation = .identity) { self.activation = activation }

    public static func combine<E: Scalar>(_ a: E, _ b: E) -> E { a + b }

    public static func combine(_ a: Int, _ b: Int) -> Int? {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? nil : sum
    }

    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let result = operands.output()
        let a = operands.input(0).broadcast(to: result.shape)
        let b = operands.input(1).broadcast(to: result.shape)
        result.forEachIndex { index in result[index] = activation(a[index] + b[index]) }
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
