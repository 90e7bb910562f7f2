import Tensors

/// A tensor without some of its dimensions of size 1. ONNX `Squeeze`.
///
/// Operands: data, and from opset 13 on the axes as integers known before any data is. Without axes every dimension of
/// size 1 goes.
public struct Squeeze: ReshapingOperator {
    public static let name = "Squeeze"

    /// The dimensions to leave out, where they are an attribute.
    public let axes: [Int]?

    /// The operator.
    public init(axes: [Int]? = nil) { self.axes = axes }

    public var operandRange: ClosedRange<Int> { 1...2 }

    public func resultShape(of shape: [Int], _ operands: OperandInfos) throws -> [Int] {
        guard let given = try operands.integers(1, "axes", attribute: axes) else { return shape.filter { $0 != 1 } }
        let axes = try Axes.resolve(given, rank: shape.count)
        guard axes.allSatisfy({ shape[$0] == 1 }) else {
            throw OperandError("the dimensions \(given) of \(Shape.describe(shape)) are not all of size 1")
        }
        return shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
    }
}
