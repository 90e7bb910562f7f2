import Buffers
import Tensors

/// A tensor with its dimensions in another order. ONNX `Transpose`.
public struct Transpose: RearrangingOperator {
    public static let name = "Transpose"

    /// For each dimension of the result, the operand's; `nil` reverses them.
    public let permutation: [Int]?

    /// Whether operand and result have the same elements in the same places, so that they can share memory.
    let isView: Bool

    /// The operator.
    public init(permutation: [Int]? = nil) { self.init(permutation: permutation, isView: false) }

    init(permutation: [Int]?, isView: Bool) {
        self.permutation = permutation
        self.isView = isView
    }

    private func order(_ rank: Int) -> [Int] { permutation ?? (0..<rank).reversed() }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        guard let type = operands[0]?.type else { throw OperandError("operand 0 (data) is missing") }
        let order = order(type.shape.count)
        guard order.sorted() == Array(type.shape.indices) else {
            throw OperandError("perm \(order) does not order the dimensions of \(Shape.describe(type.shape))")
        }
        return [ValueType(type.kind, order.map { type.shape[$0] })]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        operands[0]?.constant?.integers { $0.permuted(order($0.shape.count)) }.map { [$0] }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        rearrange(operands)
    }

    public func moves(inputs: [PhysicalType?], outputs: [PhysicalType]) -> [ElementMove] {
        guard let x = inputs[0] else { return [] }
        return [ElementMove(ElementGrid(x).permuted(order(x.shape.count)), to: ElementGrid(outputs[0]))]
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let order = order(context.shape(of: gradient).count)
        let inverse = order.indices.sorted { order[$0] < order[$1] }
        context.contribute(try context.emit(Transpose(permutation: inverse), gradient), to: 0)
    }

    public var viewedInput: Int? { isView ? 0 : nil }

    /// The order in which the result's elements lie as the operand's do; `nil` if there is none.
    func unmovedLayout(of operand: PhysicalType) -> Layout? {
        let order = order(operand.shape.count)
        let shape = order.map { operand.shape[$0] }
        let type = ValueType(operand.type.kind, shape)
        let layouts: [Layout] = shape.count == 4 ? [.rowMajor, .channelsLast] : [.rowMajor]
        return layouts.first { layout in
            let strides = PhysicalType(type, layout: layout).strides
            return shape.indices.allSatisfy { shape[$0] == 1 || strides[$0] == operand.strides[order[$0]] }
        }
    }
}

extension TensorView {
    /// A view with the dimensions in another order.
    func permuted(_ order: [Int]) -> TensorView {
        TensorView(pointer, shape: order.map { shape[$0] }, strides: order.map { strides[$0] })
    }
}
