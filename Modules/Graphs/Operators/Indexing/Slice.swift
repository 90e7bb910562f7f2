import Buffers
import Tensors

/// Every step-th index from start to before end, along some dimensions. ONNX `Slice`.
///
/// Operands: data and, unless they are attributes (before opset 10), starts, ends, axes, steps: integers known before any
/// data is. Negative starts and ends count from the end, those outside are cut off; a negative step walks backwards.
/// Without axes the bounds belong to the first dimensions; without steps every step is 1.
public struct Slice: RearrangingOperator {
    public static let name = "Slice"

    /// The first index along each axis.
    public let starts: [Int]?
    /// The index behind the last one along each axis.
    public let ends: [Int]?
    /// The dimensions.
    public let axes: [Int]?
    /// The distances between indices, not 0.
    public let steps: [Int]?
    /// What becomes of bounds that lie outside of a dimension.
    public enum Overhang: Sendable, Hashable {
        /// They are cut off.
        case cut
        /// A part may end behind the dimension, but has to begin in it.
        case atEnd
        /// They are an error.
        case refused
    }

    /// What becomes of bounds that lie outside of a dimension.
    public let overhang: Overhang

    /// The operator; what is `nil` comes from an operand or has its default.
    public init(
        starts: [Int]? = nil, ends: [Int]? = nil, axes: [Int]? = nil, steps: [Int]? = nil, overhang: Overhang = .cut
    ) {
        self.starts = starts
        self.ends = ends
        self.axes = axes
        self.steps = steps
        self.overhang = overhang
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...5)
        guard let type = operands[0]?.type else { throw OperandError("operand 0 (data) is missing") }
        return [ValueType(type.kind, try absorbing(operands).ranges(of: type.shape).map(\.count))]
    }

    private func absorbing(_ operands: OperandInfos) throws -> Slice {
        Slice(
            starts: try operands.integers(1, "starts", attribute: starts),
            ends: try operands.integers(2, "ends", attribute: ends),
            axes: try operands.integers(3, "axes", attribute: axes),
            steps: try operands.integers(4, "steps", attribute: steps), overhang: overhang)
    }

    public func resolved(for operands: OperandInfos) -> any Operator { (try? absorbing(operands)) ?? self }

    /// The indices along every dimension of a shape.
    ///
    /// - Throws: ``OperandError`` if the lists do not fit each other or the shape.
    func ranges(of shape: [Int]) throws -> [SliceRange] {
        guard let starts, let ends else { throw OperandError("needs starts and ends") }
        let axes = try Axes.resolve(self.axes ?? Array(starts.indices), rank: shape.count)
        let steps = steps ?? starts.map { _ in 1 }
        guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count else {
            throw OperandError(
                "\(starts.count) starts, \(ends.count) ends, \(axes.count) axes and \(steps.count) steps "
                    + "should be as many")
        }
        guard !steps.contains(0) else { throw OperandError("a step must not be 0") }
        var ranges = shape.map { SliceRange(start: 0, step: 1, count: $0) }
        for (index, axis) in axes.enumerated() {
            try requireInside(starts[index], ends[index], shape[axis])
            ranges[axis] = SliceRange(start: starts[index], end: ends[index], step: steps[index], of: shape[axis])
        }
        return ranges
    }

    private func requireInside(_ start: Int, _ end: Int, _ size: Int) throws {
        if overhang == .cut { return }
        // A part without elements may stand at the very end.
        let begins = start >= 0 && (start < size || (start == size && start == end))
        guard begins, overhang == .atEnd || end <= size else {
            throw OperandError("the part from \(start) to \(end) does not lie in a dimension of \(size)")
        }
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard let constant = operands[0]?.constant,
            let ranges = try? absorbing(operands).ranges(of: constant.type.shape)
        else { return nil }
        return constant.integers { $0.sliced(ranges) }.map { [$0] }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        rearrange(operands)
    }

    public func moves(inputs: [PhysicalType?], outputs: [PhysicalType]) -> [ElementMove] {
        guard let x = inputs[0], let ranges = try? ranges(of: x.shape) else {
            preconditionFailure("specialising a graph takes the bounds into the attributes")
        }
        return [ElementMove(ElementGrid(x).sliced(ranges), to: ElementGrid(outputs[0]))]
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        let operation = SliceGradient(slice: self, shape: context.shape(of: context.input(0)))
        context.contribute(try context.emit(operation, gradient), to: 0)
    }
}

/// The gradient of ``Slice``: operand dy, result 0 but for the elements that the slice took.
public struct SliceGradient: RearrangingOperator {
    public static let name = "SliceGradient"

    /// The slice, with its bounds as attributes.
    public let slice: Slice
    /// The shape of what was sliced.
    public let shape: [Int]

    /// The operator.
    public init(slice: Slice, shape: [Int]) {
        self.slice = slice
        self.shape = shape
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        guard ValueType.real(shape).isPlausible else { throw OperandError("\(shape) is no shape") }
        try operands.expectShape(0, "dY", try slice.ranges(of: shape).map(\.count))
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        rearrange(operands)
    }

    public var leavesGaps: Bool { true }

    public func moves(inputs: [PhysicalType?], outputs: [PhysicalType]) -> [ElementMove] {
        guard let dy = inputs[0], let ranges = try? slice.ranges(of: shape) else {
            preconditionFailure("the shape rule accepts only slices that fit")
        }
        return [ElementMove(ElementGrid(dy), to: ElementGrid(outputs[0]).sliced(ranges))]
    }
}

/// Indices along one dimension: `count` of them from `start` on, `step` apart.
struct SliceRange {
    let start: Int
    let step: Int
    let count: Int

    init(start: Int, step: Int, count: Int) {
        self.start = start
        self.step = step
        self.count = count
    }

    /// NumPy's slice start:end:step of a dimension.
    init(start: Int, end: Int, step: Int, of size: Int) {
        let bounds = step > 0 ? 0...size : -1...size - 1
        func clamped(_ index: Int) -> Int {
            min(max(index < 0 ? index + size : index, bounds.lowerBound), bounds.upperBound)
        }
        let (first, last) = (clamped(start), clamped(end))
        let distance = step > 0 ? last - first : first - last
        let count = distance > 0 ? (distance - 1) / Int(clamping: step.magnitude) + 1 : 0
        // A single index needs no step, and one beyond the dimension could overflow when it is multiplied.
        self.init(start: count > 0 ? first : 0, step: count > 1 ? step : 1, count: count)
    }
}

extension TensorView {
    /// The elements at some indices along each dimension.
    func sliced(_ ranges: [SliceRange]) -> TensorView {
        let offset = zip(ranges, strides).reduce(0) { $0 + $1.0.start * $1.1 }
        return TensorView(
            pointer + offset, shape: ranges.map(\.count), strides: zip(ranges, strides).map { $0.step * $1 })
    }
}
