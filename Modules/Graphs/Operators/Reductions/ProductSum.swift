import Buffers
import Tensors

/// The sum of a product over the dimensions along which a shape was stretched: ``SumToShape`` of ``Mul``, with no tensor
/// for the product.
///
/// Operands: two tensors of one shape. A pass puts it into gradients.
public struct ProductSum: Operator {
    public static let name = "ProductSum"

    /// The result's shape.
    public let shape: [Int]

    /// The operator.
    public init(shape: [Int]) { self.shape = shape }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        let input = try operands.commonShape("A", "B")
        guard Shape.broadcast(input, shape) == input else {
            throw OperandError("\(Shape.describe(shape)) does not broadcast to \(Shape.describe(input))")
        }
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (a, b, y) = (operands.input(0), operands.input(1), operands.output())
        y.fill(0)
        let sums = y.broadcast(to: a.shape)
        a.forEachIndex { sums[$0] += a[$0] * b[$0] }
    }
}
