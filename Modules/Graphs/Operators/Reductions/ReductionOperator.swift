import Buffers
import Tensors

/// An operator that combines all elements along some dimensions into one.
///
/// Operands: data and, unless they are an attribute (before opset 13 or 18), the axes: integers known before any data is.
public protocol ReductionOperator: Operator {
    /// The dimensions, where they are an attribute; negative values count from the end.
    var axes: [Int]? { get }
    /// Whether the result keeps them with size 1.
    var keepsDimensions: Bool { get }
    /// Whether no axes mean that nothing is reduced, not everything.
    var isIdentityWithoutAxes: Bool { get }

    /// The result for a list of integers, for shape arithmetic; `nil` if there is none.
    static func combine(_ elements: [Int]) -> Int?

    /// The operator.
    init(axes: [Int]?, keepsDimensions: Bool, isIdentityWithoutAxes: Bool)
}

extension ReductionOperator {
    public static func combine(_ elements: [Int]) -> Int? { nil }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        guard case .integer(let shape, let elements) = operands[0]?.constant,
            let reduced = try? reducedAxes(shape.count, operands)
        else { return nil }
        let kept = keptShape(of: shape, reduced)
        var groups = [[Int]](repeating: [], count: Shape.count(kept))
        let strides = zip(kept, Shape.rowMajorStrides(kept)).map { $0 == 1 ? 0 : $1 }
        var position = 0
        TensorView<Float>.forEachIndex(of: shape) { index in
            groups[zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }].append(elements[position])
            position += 1
        }
        let results = groups.compactMap(Self.combine)
        return results.count == groups.count ? [.integer(shape: resultShape(of: shape, reduced), results)] : nil
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...2)
        if let operand = operands[0], operand.type.kind == .integer, Self.combine([1]) != nil {
            let shape = operand.type.shape
            return [.integer(resultShape(of: shape, try reducedAxes(shape.count, operands)))]
        }
        let shape = try operands.shape(0, "data")
        let reduced = try reducedAxes(shape.count, operands)
        guard reduced.allSatisfy({ shape[$0] > 0 }) else {
            throw OperandError("the dimensions \(reduced) of \(Shape.describe(shape)) hold nothing to reduce")
        }
        return [.real(resultShape(of: shape, reduced))]
    }

    public func resolved(for operands: OperandInfos) -> any Operator {
        guard let rank = operands[0]?.type.shape.count, let axes = try? reducedAxes(rank, operands) else { return self }
        return Self(axes: axes, keepsDimensions: keepsDimensions, isIdentityWithoutAxes: true)
    }

    private func reducedAxes(_ rank: Int, _ operands: OperandInfos) throws -> [Int] {
        let given = try operands.integers(1, "axes", attribute: axes) ?? []
        if given.isEmpty { return isIdentityWithoutAxes ? [] : Array(0..<rank) }
        return try Axes.resolve(given, rank: rank).sorted()
    }

    private func resultShape(of shape: [Int], _ reduced: [Int]) -> [Int] {
        keepsDimensions
            ? keptShape(of: shape, reduced) : shape.indices.filter { !reduced.contains($0) }.map { shape[$0] }
    }

    private func keptShape(of shape: [Int], _ reduced: [Int]) -> [Int] {
        shape.indices.map { reduced.contains($0) ? 1 : shape[$0] }
    }

    /// The dimensions to reduce, which specialising a graph takes into the attribute.
    func resolvedAxes(_ rank: Int) -> [Int] {
        guard let axes = try? reducedAxes(rank, OperandInfos([])) else {
            preconditionFailure("the shape rule accepts only axes that fit")
        }
        return axes
    }

    /// Sums into the result and returns how many elements each of its elements stands for.
    @inline(__always)
    func sum<E: Scalar>(_ operands: Operands<E>) -> Int { reduce(operands, from: 0) { $0 + $1 } }

    /// Combines the elements that each element of the result stands for, and returns how many they are.
    @inline(__always)
    func reduce<E: Scalar>(_ operands: Operands<E>, from start: E, _ combine: (E, E) -> E) -> Int {
        precondition(axes != nil || !operands.has(1), "specialising a graph takes the axes into the attribute")
        let (x, y) = (operands.input(0), operands.output())
        let reduced = resolvedAxes(x.shape.count)
        var strides = y.strides
        if !keepsDimensions { for axis in reduced { strides.insert(0, at: axis) } }
        y.fill(start)
        TensorView(y.pointer, shape: keptShape(of: x.shape, reduced), strides: strides).accumulate(x, combine)
        return reduced.reduce(1) { $0 * x.shape[$1] }
    }

    /// The sum's gradient times a factor that depends on how many elements each result stands for.
    func differentiate(
        _ context: inout GradientContext, factor: (Int) -> Double
    ) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        let shape = context.shape(of: context.input(0))
        let scale = factor(resolvedAxes(shape.count).reduce(1) { $0 * shape[$1] })
        var share = try kept(gradient, &context)
        if scale != 1 { share = try context.emit(Scale(factor: scale), share) }
        let target = context.integers(shape)
        context.contribute(try context.emit(Expand(), share, target), to: 0)
    }

    /// A value of the result's shape with the reduced dimensions kept, so that it broadcasts to the operand's.
    func kept(_ value: ValueID, _ context: inout GradientContext) throws(GraphError) -> ValueID {
        let shape = context.shape(of: context.input(0))
        return try context.reshape(value, to: keptShape(of: shape, resolvedAxes(shape.count)))
    }

    /// The gradient of an extremum: elements that are equal to it share it evenly.
    func differentiateExtremum(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(), context.needsGradient(0) else { return }
        let shape = context.shape(of: context.input(0))
        let (extremum, share) = (try kept(context.output(), &context), try kept(gradient, &context))
        let mask = try context.emit(Comparison(.equal), context.input(0), extremum)
        let count = try context.emit(ReduceSum(axes: resolvedAxes(shape.count), isIdentityWithoutAxes: true), mask)
        let part = try context.emit(Div(), share, count)
        context.contribute(try context.emit(Mul(), mask, part), to: 0)
    }
}
