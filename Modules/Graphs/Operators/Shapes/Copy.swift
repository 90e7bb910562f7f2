import Buffers
import Tensors

/// The same elements in memory of their own, in another physical order if the compiler asks for one.
public struct Copy: Operator {
    public static let name = "Copy"

    /// The result's physical order.
    let layout: Layout?
    /// Whether operand and result have the same elements in the same places, so that they can share memory.
    let isView: Bool

    /// A copy in the operand's order.
    public init() {
        layout = nil
        isView = false
    }

    init(layout: Layout, isView: Bool) {
        self.layout = layout
        self.isView = isView
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        [.real(try operands.commonShape("input"))]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0)) { $0 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(gradient, to: 0)
    }

    public var viewedInput: Int? { isView ? 0 : nil }
}
