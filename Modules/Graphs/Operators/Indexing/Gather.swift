import Buffers
import Tensors

/// The slices of a tensor at given indices along one dimension. ONNX `Gather`.
///
/// Operands: data, and the indices, integers known before any data is unless they are an attribute; negative ones count
/// from the end. The indices' shape takes the dimension's place.
public struct Gather: Operator {
    public static let name = "Gather"

    /// The dimension; negative values count from the end.
    public let axis: Int
    /// The indices, where they are not an operand.
    public let indices: Constant?

    /// The operator.
    public init(axis: Int = 0, indices: Constant? = nil) {
        self.axis = axis
        self.indices = indices
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...2)
        guard let type = operands[0]?.type else { throw OperandError("operand 0 (data) is missing") }
        if indices == nil { _ = try operands.integers(1, "indices") }
        let selection = try absorbing(operands).selection(of: type.shape)
        return [ValueType(type.kind, selection.resultShape)]
    }

    private func absorbing(_ operands: OperandInfos) -> Gather {
        Gather(axis: axis, indices: indices ?? operands[1]?.constant)
    }

    public func resolved(for operands: OperandInfos) -> any Operator { absorbing(operands) }

    /// - Throws: ``OperandError`` if axis or indices do not fit the shape.
    func selection(of shape: [Int]) throws -> GatherSelection {
        let axis = try Axes.resolve(axis, rank: shape.count)
        guard case .integer(let indexShape, let indices) = indices, Shape.checkedCount(indexShape) == indices.count
        else { throw OperandError("operand 1 (indices) must hold integers") }
        let size = shape[axis]
        guard let bad = indices.first(where: { !(-size..<size).contains($0) }) else {
            return GatherSelection(
                shape: shape, axis: axis, indexShape: indexShape, indices: indices.map { $0 < 0 ? $0 + size : $0 })
        }
        throw OperandError("index \(bad) lies outside dimension \(axis) of \(Shape.describe(shape))")
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard case .integer(let shape, let elements) = operands[0]?.constant,
            let selection = try? absorbing(operands).selection(of: shape)
        else { return nil }
        let inner = Shape.count(Array(shape[(selection.axis + 1)...]))
        var result: [Int] = []
        for outer in 0..<Shape.count(Array(shape[..<selection.axis])) {
            for index in selection.indices {
                let start = (outer * shape[selection.axis] + index) * inner
                result += elements[start..<start + inner]
            }
        }
        return [.integer(shape: selection.resultShape, result)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let x = operands.input(0)
        guard let selection = try? selection(of: x.shape) else {
            preconditionFailure("specialising a graph takes the indices into the attributes")
        }
        selection.forEachPair(x, operands.output()) { slice, place in place.set(from: slice) { $0 } }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        let operation = GatherGradient(gather: self, shape: context.shape(of: context.input(0)))
        context.contribute(try context.emit(operation, gradient), to: 0)
    }
}

/// The gradient of ``Gather``: operand dy, whose slices are added up at the indices that they came from.
public struct GatherGradient: Operator {
    public static let name = "GatherGradient"

    /// The gathering, with its indices as an attribute.
    public let gather: Gather
    /// The shape of what was gathered from.
    public let shape: [Int]

    /// The operator.
    public init(gather: Gather, shape: [Int]) {
        self.gather = gather
        self.shape = shape
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        guard ValueType.real(shape).isPlausible else { throw OperandError("\(shape) is no shape") }
        try operands.expectShape(0, "dY", try gather.selection(of: shape).resultShape)
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let dx = operands.output()
        guard let selection = try? gather.selection(of: shape) else {
            preconditionFailure("the shape rule accepts only indices that fit")
        }
        dx.fill(0)
        selection.forEachPair(dx, operands.input(0)) { slice, place in slice.accumulate(place) }
    }
}

/// Indices along one dimension of a shape, from 0 on.
struct GatherSelection {
    let shape: [Int]
    let axis: Int
    let indexShape: [Int]
    let indices: [Int]

    var resultShape: [Int] { Array(shape[..<axis]) + indexShape + Array(shape[(axis + 1)...]) }

    /// Calls `body` with each slice of `source` and the place in `gathered` that it belongs to.
    @inline(__always)
    func forEachPair<E>(
        _ source: TensorView<E>, _ gathered: TensorView<E>, _ body: (TensorView<E>, TensorView<E>) -> Void
    ) {
        var position = 0
        TensorView<E>.forEachIndex(of: indexShape) { index in
            let place = index.reduce(gathered) { $0.slice(axis, at: $1) }
            body(source.slice(axis, at: indices[position]), place)
            position += 1
        }
    }
}
