import Buffers
import Tensors

/// A tensor stretched to a shape that it broadcasts to; the shape is a constant operand. ONNX `Expand`.
public struct Expand: Operator {
    public static let name = "Expand"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        guard let type = operands[0]?.type else { throw OperandError("operand 0 (input) is missing") }
        let input = type.shape
        let target = try operands.integers(1, "shape")
        guard let shape = Shape.broadcast(input, target), Shape.checkedCount(shape) != nil else {
            throw OperandError("\(Shape.describe(input)) does not broadcast to \(Shape.describe(target))")
        }
        return [ValueType(type.kind, shape)]
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard case .integer(let source, let elements) = operands[0]?.constant,
            let shape = try? outputTypes(for: operands)[0].shape
        else { return nil }
        // Shape arithmetic is short; a list this long is a damaged file's.
        guard Shape.count(shape) <= 1 << 16 else { return nil }
        let missing = shape.count - source.count
        let strides = Shape.rowMajorStrides(source)
        var result: [Int] = []
        TensorView<Int>.forEachIndex(of: shape) { index in
            let offset = source.indices.reduce(0) { $0 + (source[$1] == 1 ? 0 : index[$1 + missing] * strides[$1]) }
            result.append(elements[offset])
        }
        return [.integer(shape: shape, result)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0)) { $0 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        context.contribute(try context.reduce(gradient, toShapeOf: context.input(0)), to: 0)
    }
}
