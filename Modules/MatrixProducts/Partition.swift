import Buffers

/// How a matrix product is cut into parts of about the same size, one a worker.
///
/// It depends on sizes and the number of workers only, so that a program computes the same bits on every run.
public struct Partition: Sendable {
    /// The number of ranges of rows.
    public let rowParts: Int
    /// The number of ranges of columns.
    public let columnParts: Int
    private let rows: Int
    private let columns: Int

    /// Below so many multiply-adds a thread of its own does not pay.
    private static let leastWork = 1 << 18
    /// Boundaries are multiples of this: the rows and columns of the innermost blocks of a product.
    private static let grain = 16

    /// Cuts a product for some workers.
    ///
    /// - Parameters:
    ///   - rows: the rows of the result.
    ///   - columns: its columns.
    ///   - multiplyAddsEach: the length of one dot product.
    ///   - leastRows: the fewest rows worth a part; where they are too few, columns are cut.
    ///   - workers: the threads to cut for.
    public init(rows: Int, columns: Int, multiplyAddsEach: Int, leastRows: Int = 64, workers: Workers) {
        (self.rows, self.columns) = (rows, columns)
        let work = Double(rows) * Double(columns) * Double(multiplyAddsEach)
        let parts = min(workers.count, max(1, Int(min(work / Double(Self.leastWork), 1e6))))
        rowParts = min(parts, max(1, rows / leastRows))
        columnParts = min(parts / rowParts, max(1, columns / (2 * Self.grain)))
    }

    /// The number of parts.
    public var count: Int { rowParts * columnParts }

    /// The rows of a part.
    public func rows(of part: Int) -> Range<Int> { Self.range(part % rowParts, of: rowParts, length: rows) }

    /// The columns of a part.
    public func columns(of part: Int) -> Range<Int> { Self.range(part / rowParts, of: columnParts, length: columns) }

    private static func range(_ index: Int, of parts: Int, length: Int) -> Range<Int> {
        let grains = (length + grain - 1) / grain
        return min(grains * index / parts * grain, length)..<min(grains * (index + 1) / parts * grain, length)
    }

    /// A number of floats rounded up to whole cache lines.
    public static func padded(_ count: Int) -> Int { (count + 15) & ~15 }
}
