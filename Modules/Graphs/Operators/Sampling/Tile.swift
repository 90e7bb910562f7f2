import Tensors

/// A tensor repeated along its dimensions. ONNX `Tile`.
///
/// Operands: data, and how often each dimension is repeated: integers known before any data is.
public struct Tile: SamplingOperator {
    public static let name = "Tile"

    /// How often each dimension is repeated, where that is not an operand.
    public let repeats: [Int]?

    /// The operator.
    public init(repeats: [Int]? = nil) { self.repeats = repeats }

    public var operandRange: ClosedRange<Int> { 1...2 }

    public func absorbing(_ operands: OperandInfos) throws -> Tile {
        Tile(repeats: try operands.integers(1, "repeats", attribute: repeats))
    }

    public func resultShape(of shape: [Int]) throws -> [Int] {
        guard let repeats, repeats.count == shape.count, repeats.allSatisfy({ $0 >= 0 }) else {
            throw OperandError(
                "needs \(shape.count) numbers of repeats, none negative, for \(Shape.describe(shape)), not "
                    + "\(repeats ?? [])")
        }
        return try zip(shape, repeats).map { size, count in
            let (product, overflow) = size.multipliedReportingOverflow(by: count)
            guard !overflow, product <= 1 << 40 else { throw OperandError("\(size) times \(count) is too large") }
            return product
        }
    }

    public func sources(_ axis: Int, of shape: [Int]) -> [[(index: Int, weight: Double)]] {
        let size = shape[axis]
        return (0..<size * (repeats?[axis] ?? 1)).map { [($0 % size, 1)] }
    }
}
