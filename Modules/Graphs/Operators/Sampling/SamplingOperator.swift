import Buffers
import Tensors

/// An operator whose result takes every element from places of its first operand that each dimension decides on by
/// itself: padding, tiling, resizing.
public protocol SamplingOperator: Operator {
    /// The size of each dimension of the result.
    ///
    /// - Throws: ``OperandError`` if the attributes do not fit the shape.
    func resultShape(of shape: [Int]) throws -> [Int]

    /// The sources along one dimension.
    func sources(_ axis: Int, of shape: [Int]) -> [[(index: Int, weight: Double)]]

    /// How many operands it takes.
    var operandRange: ClosedRange<Int> { get }

    /// The operand that holds the number for elements that come from nowhere; ``fillNumber`` without one.
    var fillInput: Int? { get }

    /// The number for elements that come from nowhere, where no operand holds it.
    var fillNumber: Double { get }

    /// The same operator with its constant operands taken into its attributes.
    ///
    /// - Throws: ``OperandError`` if they do not fit.
    func absorbing(_ operands: OperandInfos) throws -> Self
}

extension SamplingOperator {
    public var fillInput: Int? { nil }
    public var fillNumber: Double { 0 }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(operandRange)
        guard let type = operands[0]?.type else { throw OperandError("operand 0 (data) is missing") }
        if let fillInput, let fill = operands[fillInput]?.type {
            guard fill.kind == type.kind, fill.count == 1 else {
                throw OperandError("operand \(fillInput) must be one number of the data's kind")
            }
        }
        return [ValueType(type.kind, try absorbing(operands).resultShape(of: type.shape))]
    }

    public func resolved(for operands: OperandInfos) -> any Operator { (try? absorbing(operands)) ?? self }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard case .integer(let shape, let elements) = operands[0]?.constant, let known = try? absorbing(operands),
            let result = try? known.resultShape(of: shape), Shape.count(result) <= 1 << 22
        else { return nil }
        let fill = fillInput.flatMap { operands[$0]?.constant?.integers?.first } ?? Int(exactly: fillNumber) ?? 0
        var integers = [Int](repeating: fill, count: Shape.count(result))
        known.walk(shape, Shape.rowMajorStrides(shape), Shape.rowMajorStrides(result)) { source, place, _ in
            integers[place] = elements[source]
        }
        return [.integer(shape: result, integers)]
    }

    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        let fill: E = fillInput.flatMap { operands.optionalInput($0)?.pointer.pointee } ?? E(fillNumber)
        y.fill(fill)
        if fill != 0 { walk(x.shape, x.strides, y.strides) { _, place, _ in y.pointer[place] = 0 } }
        walk(x.shape, x.strides, y.strides) { source, place, weight in
            y.pointer[place] += E(weight) * x.pointer[source]
        }
    }

    /// Calls `body` with the offsets of every pair of a source and a place, and its weight.
    func walk(_ shape: [Int], _ from: [Int], _ to: [Int], _ body: (Int, Int, Double) -> Void) {
        // An empty dimension beside a huge one has a table that does not fit memory, and nothing to do.
        guard Shape.count(shape) > 0, let result = try? resultShape(of: shape), Shape.count(result) > 0 else { return }
        let tables = shape.indices.map { sources($0, of: shape) }
        func descend(_ axis: Int, _ source: Int, _ place: Int, _ weight: Double) {
            guard axis < tables.count else { return body(source, place, weight) }
            for (index, list) in tables[axis].enumerated() {
                for next in list {
                    descend(axis + 1, source + next.index * from[axis], place + index * to[axis], weight * next.weight)
                }
            }
        }
        descend(0, 0, 0, 1)
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        let operation = SamplingGradient(sampling: self, shape: context.shape(of: context.input(0)))
        context.contribute(try context.emit(operation, gradient), to: 0)
    }
}

/// The gradient of a ``SamplingOperator``: operand dy, whose elements are added up at the places that they came from.
public struct SamplingGradient: Operator {
    public static let name = "SamplingGradient"

    /// The operator, with its operands as attributes.
    public let sampling: any SamplingOperator
    /// The shape of what was sampled.
    public let shape: [Int]

    /// The gradient of an operator that was applied to a tensor of a shape.
    public init(sampling: any SamplingOperator, shape: [Int]) {
        self.sampling = sampling
        self.shape = shape
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        guard ValueType.real(shape).isPlausible else { throw OperandError("\(shape) is no shape") }
        try operands.expectShape(0, "dY", try sampling.resultShape(of: shape))
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (dy, dx) = (operands.input(0), operands.output())
        dx.fill(0)
        sampling.walk(shape, dx.strides, dy.strides) { source, place, weight in
            dx.pointer[source] += E(weight) * dy.pointer[place]
        }
    }
}
