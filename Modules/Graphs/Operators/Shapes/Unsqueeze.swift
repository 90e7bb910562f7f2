import Tensors

/// A tensor with further dimensions of size 1. ONNX `Unsqueeze`.
///
/// Operands: data, and from opset 13 on the axes as integers known before any data is. Axes count in the result.
public struct Unsqueeze: ReshapingOperator {
    public static let name = "Unsqueeze"

    /// The dimensions to put in, where they are an attribute.
    public let axes: [Int]?

    /// The operator.
    public init(axes: [Int]? = nil) { self.axes = axes }

    public var operandRange: ClosedRange<Int> { 1...2 }

    public func resultShape(of shape: [Int], _ operands: OperandInfos) throws -> [Int] {
        guard let given = try operands.integers(1, "axes", attribute: axes) else {
            throw OperandError("needs axes, as an attribute or as operand 1")
        }
        let axes = Set(try Axes.resolve(given, rank: shape.count + given.count))
        var rest = shape[...]
        return (0..<shape.count + given.count).map { axes.contains($0) ? 1 : rest.removeFirst() }
    }
}
