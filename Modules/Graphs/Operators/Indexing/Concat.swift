import Buffers
import Tensors

/// Tensors put behind each other along one dimension. ONNX `Concat`.
///
/// Operands: one or more tensors whose other dimensions are equal.
public struct Concat: RearrangingOperator {
    public static let name = "Concat"

    /// The dimension, from −rank to rank − 1; negative values count from the end.
    public let axis: Int

    /// The operator.
    public init(axis: Int) { self.axis = axis }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        guard let first = operands[0]?.type else { throw OperandError("operand 0 (data_0) is missing") }
        let axis = try Axes.resolve(axis, rank: first.shape.count)
        var shape = first.shape
        for index in 1..<max(1, operands.count) {
            guard let next = operands[index]?.type else {
                throw OperandError("operand \(index) (data_\(index)) is missing")
            }
            var expected = next.shape
            if expected.indices.contains(axis) { expected[axis] = first.shape[axis] }
            guard next.kind == first.kind, expected == first.shape else {
                throw OperandError("\(first) and \(next) differ in more than dimension \(axis)")
            }
            shape[axis] += next.shape[axis]
        }
        return [ValueType(first.kind, shape)]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard let types = try? outputTypes(for: operands), let shape = types.first?.shape,
            let axis = try? Axes.resolve(axis, rank: shape.count)
        else { return nil }
        var parts: [(elements: [Int], block: Int)] = []
        for index in 0..<operands.count {
            guard case .integer(let shape, let elements) = operands[index]?.constant else { return nil }
            parts.append((elements, Shape.count(Array(shape[axis...]))))
        }
        var result: [Int] = []
        for outer in 0..<Shape.count(Array(shape[..<axis])) {
            for (elements, block) in parts { result += elements[outer * block..<(outer + 1) * block] }
        }
        return [.integer(shape: shape, result)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        rearrange(operands)
    }

    public func moves(inputs: [PhysicalType?], outputs: [PhysicalType]) -> [ElementMove] {
        let y = ElementGrid(outputs[0])
        let axis = axis < 0 ? axis + y.shape.count : axis
        var start = 0
        return inputs.enumerated().compactMap { index, type in
            guard let x = type.map(ElementGrid.init) else { return nil }
            defer { start += x.shape[axis] }
            return ElementMove(input: index, x, to: y.part(axis, from: start, count: x.shape[axis]))
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        let rank = context.shape(of: gradient).count
        let axis = axis < 0 ? axis + rank : axis
        var start = 0
        for index in context.node.inputs.indices where context.has(index) {
            let size = context.shape(of: context.input(index))[axis]
            if context.needsGradient(index) {
                let part = Slice(starts: [start], ends: [start + size], axes: [axis])
                context.contribute(try context.emit(part, gradient), to: index)
            }
            start += size
        }
    }
}
