import Buffers
import Tensors

/// The index of the largest element along one dimension, as a real number. ONNX `ArgMax`.
///
/// A program's integers are known before any data is, and this one is not; no gradient flows through it.
public struct ArgMax: Operator {
    public static let name = "ArgMax"

    /// The dimension; negative values count from the end.
    public let axis: Int
    /// Whether the result keeps the dimension with size 1.
    public let keepsDimension: Bool
    /// Whether the last one of equal elements counts, and not the first.
    public let selectsLast: Bool

    /// The operator; the defaults are ONNX's.
    public init(axis: Int = 0, keepsDimension: Bool = true, selectsLast: Bool = false) {
        self.axis = axis
        self.keepsDimension = keepsDimension
        self.selectsLast = selectsLast
    }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        var shape = try operands.shape(0, "data")
        let axis = try Axes.resolve(axis, rank: shape.count)
        guard shape[axis] > 0 else { throw OperandError("dimension \(axis) of \(Shape.describe(shape)) is empty") }
        if keepsDimension { shape[axis] = 1 } else { shape.remove(at: axis) }
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, y) = (operands.input(0), operands.output())
        let axis = axis < 0 ? axis + x.shape.count : axis
        let (first, place) = (x.slice(axis, at: 0), keepsDimension ? y.slice(axis, at: 0) : y)
        let step = x.strides[axis]
        first.forEachIndex { index in
            let line = first.pointer + zip(index, first.strides).reduce(0) { $0 + $1.0 * $1.1 }
            var best = 0
            for k in 1..<max(1, x.shape[axis]) {
                let (next, largest) = (line[k * step], line[best * step])
                if next > largest || (selectsLast && next == largest) || (next.isNaN && !largest.isNaN) { best = k }
            }
            place[index] = E(best)
        }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {}
}
