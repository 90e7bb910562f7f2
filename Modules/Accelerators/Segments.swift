import Buffers

/// A vector to read that lies in one or several pieces of memory.
///
/// The caller's weights rarely lie in one piece; an accelerator sees them as one vector, in the order given.
public struct Segments<Element: Scalar>: @unchecked Sendable {
    /// The number of elements of all pieces together.
    public let count: Int
    private let pieces: [UnsafeBufferPointer<Element>]
    private let offsets: [Int]

    /// A vector in several pieces.
    public init(_ pieces: [UnsafeBufferPointer<Element>]) {
        self.pieces = pieces
        (offsets, count) = prefixSums(pieces.map(\.count))
    }

    /// A vector in one piece.
    public init(_ elements: UnsafeBufferPointer<Element>) { self.init([elements]) }

    /// Copies the elements of `range` to `target`.
    public func copy(_ range: Range<Int>, to target: UnsafeMutablePointer<Element>) {
        forEachOverlap(range, offsets: offsets, counts: { pieces[$0].count }) { piece, within, at in
            guard let base = pieces[piece].baseAddress else { return }
            (target + at).update(from: base + within.lowerBound, count: within.count)
        }
    }
}

/// A vector to write that lies in one or several pieces of memory.
public struct MutableSegments<Element: Scalar>: @unchecked Sendable {
    /// The number of elements of all pieces together.
    public let count: Int
    private let pieces: [UnsafeMutableBufferPointer<Element>]
    private let offsets: [Int]

    /// A vector in several pieces.
    public init(_ pieces: [UnsafeMutableBufferPointer<Element>]) {
        self.pieces = pieces
        (offsets, count) = prefixSums(pieces.map(\.count))
    }

    /// A vector in one piece.
    public init(_ elements: UnsafeMutableBufferPointer<Element>) { self.init([elements]) }

    /// Calls `body` with each piece of `range`, in order: where it lies and which elements of the vector it holds.
    public func forEachPiece(
        _ range: Range<Int>, _ body: (_ target: UnsafeMutablePointer<Element>, _ range: Range<Int>) -> Void
    ) {
        forEachOverlap(range, offsets: offsets, counts: { pieces[$0].count }) { piece, within, at in
            guard let base = pieces[piece].baseAddress else { return }
            let start = range.lowerBound + at
            body(base + within.lowerBound, start..<start + within.count)
        }
    }
}

/// Where each piece begins, and the length of all.
private func prefixSums(_ counts: [Int]) -> (offsets: [Int], total: Int) {
    var total = 0
    let offsets = counts.map { count in
        defer { total += count }
        return total
    }
    return (offsets, total)
}

/// Calls `body` for each piece that `range` touches: its index, the elements within the piece, their place in the range.
private func forEachOverlap(
    _ range: Range<Int>, offsets: [Int], counts: (Int) -> Int,
    _ body: (_ piece: Int, _ within: Range<Int>, _ at: Int) -> Void
) {
    // The last piece that begins at or before the range: a network has hundreds of pieces, a vector hundreds of chunks.
    var (low, high) = (0, offsets.count)
    while low < high {
        let middle = (low + high) / 2
        if offsets[middle] <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    var piece = max(0, low - 1)
    while piece < offsets.count, offsets[piece] < range.upperBound {
        let lower = max(range.lowerBound, offsets[piece])
        let upper = min(range.upperBound, offsets[piece] + counts(piece))
        if lower < upper {
            body(piece, lower - offsets[piece]..<upper - offsets[piece], lower - range.lowerBound)
        }
        piece += 1
    }
}
