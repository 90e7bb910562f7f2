import Buffers
import Tensors

/// A tensor cut into parts along one dimension. ONNX `Split`.
///
/// Operands: data and, unless they are an attribute (before opset 13) or left out, the sizes of the parts: integers known
/// before any data is. Without sizes the parts are equal, but for the last one, which may be smaller.
public struct Split: RearrangingOperator {
    public static let name = "Split"

    /// The dimension; negative values count from the end.
    public let axis: Int
    /// The number of parts, at least 1.
    public let parts: Int
    /// The sizes of the parts, where they are not an operand.
    public let sizes: [Int]?

    /// The operator.
    public init(axis: Int = 0, parts: Int, sizes: [Int]? = nil) {
        self.axis = axis
        self.parts = parts
        self.sizes = sizes
    }

    public var outputCount: Int { parts }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...2)
        guard let type = operands[0]?.type else { throw OperandError("operand 0 (input) is missing") }
        return try absorbing(operands).ranges(of: type.shape).map { ranges in ValueType(type.kind, ranges.map(\.count))
        }
    }

    private func absorbing(_ operands: OperandInfos) throws -> Split {
        Split(axis: axis, parts: parts, sizes: try operands.integers(1, "split", attribute: sizes))
    }

    public func resolved(for operands: OperandInfos) -> any Operator { (try? absorbing(operands)) ?? self }

    /// For each part, the indices along every dimension.
    private func ranges(of shape: [Int]) throws -> [[SliceRange]] {
        let axis = try Axes.resolve(axis, rank: shape.count)
        guard (1...1 << 16).contains(parts) else { throw OperandError("cannot be cut into \(parts) parts") }
        let equal = (shape[axis] + parts - 1) / parts
        let sizes = sizes ?? (0..<parts).map { max(0, min(equal, shape[axis] - $0 * equal)) }
        guard sizes.count == parts, sizes.allSatisfy({ (0...shape[axis]).contains($0) }),
            sizes.reduce(0, +) == shape[axis]
        else {
            throw OperandError(
                "\(parts) parts of the sizes \(sizes) do not make up dimension \(axis) of "
                    + Shape.describe(shape))
        }
        var start = 0
        return sizes.map { size in
            defer { start += size }
            var ranges = shape.map { SliceRange(start: 0, step: 1, count: $0) }
            ranges[axis] = SliceRange(start: start, step: 1, count: size)
            return ranges
        }
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard let constant = operands[0]?.constant,
            let ranges = try? absorbing(operands).ranges(of: constant.type.shape)
        else { return nil }
        let results = ranges.compactMap { ranges in constant.integers { $0.sliced(ranges) } }
        return results.count == parts ? results : nil
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        rearrange(operands)
    }

    public func moves(inputs: [PhysicalType?], outputs: [PhysicalType]) -> [ElementMove] {
        guard let x = inputs[0], let ranges = try? ranges(of: x.shape) else {
            preconditionFailure("specialising a graph takes the sizes into the attributes")
        }
        return outputs.indices.map { index in
            ElementMove(ElementGrid(x).sliced(ranges[index]), output: index, to: ElementGrid(outputs[index]))
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard context.needsGradient(0) else { return }
        var gradients: [ValueID] = []
        for index in context.node.outputs.indices {
            if let gradient = context.outputGradient(index) {
                gradients.append(gradient)
            } else {
                let (zero, shape) = (try context.number(0), context.integers(context.shape(of: context.output(index))))
                gradients.append(try context.emit(Expand(), zero, shape))
            }
        }
        context.contribute(try context.emitAll(Concat(axis: axis), gradients)[0], to: 0)
    }
}
