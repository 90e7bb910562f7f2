import Accelerators
import Buffers
import CSlipstream

/// A piece of a vector as C hands it over.
protocol Piece<Element> {
    associatedtype Element: Scalar
    /// The first element.
    var address: UnsafePointer<Element>? { get }
    /// The number of elements.
    var count: Int { get }
}

extension slip_const_segment_f32: Piece {
    var address: UnsafePointer<Float>? { data }
}

extension slip_const_segment_f64: Piece {
    var address: UnsafePointer<Double>? { data }
}

extension slip_segment_f32: Piece {
    var address: UnsafePointer<Float>? { UnsafePointer(data) }
}

extension slip_segment_f64: Piece {
    var address: UnsafePointer<Double>? { UnsafePointer(data) }
}

/// The part of a caller's vector that a call reads or writes: where it lies in memory, checked.
struct Pieces<Element: Scalar> {
    /// What the vector is called in messages.
    let name: String
    /// The pieces, none of them empty.
    let parts: [UnsafeMutableBufferPointer<Element>]
    /// The number of elements of all pieces together.
    let count: Int

    /// Checks a vector and cuts the elements of `ranges` out of it, in their order.
    ///
    /// What lies outside the ranges may be null. Numbers are checked here before anything is computed from them: a sum of
    /// sizes that overflows must not get any further.
    ///
    /// - Parameters:
    ///   - array: the pieces as they were handed over.
    ///   - number: how many.
    ///   - name: what the vector is called in messages.
    ///   - expected: the number of elements that all pieces must have together.
    ///   - ranges: the elements wanted; each range within the vector.
    init<P: Piece<Element>>(
        _ array: UnsafePointer<P>?, _ number: Int, _ name: String, expected: Int, of ranges: [Range<Int>]
    ) throws(Failure) {
        guard 0...Layout.mostSegments ~= number else {
            throw Failure(
                SLIP_INVALID_ARGUMENT, "\(name): the number of segments is above \(Layout.mostSegments)")
        }
        let pieces = UnsafeBufferPointer(start: number > 0 ? try require(array, name) : nil, count: number)
        try Self.checkTotal(of: pieces, name, expected: expected)
        count = ranges.reduce(0) { $0 + $1.count }
        // Found out before anything is read: a count that is wrong on both sides would lead out of the caller's memory.
        guard count <= Layout.physicalMemory / MemoryLayout<Element>.stride else {
            throw Failure(AllocationError(count: count, stride: MemoryLayout<Element>.stride))
        }
        self.name = name
        var parts: [UnsafeMutableBufferPointer<Element>] = []
        var (index, offset) = (0, 0)
        for range in ranges where !range.isEmpty {
            if range.lowerBound < offset { (index, offset) = (0, 0) }
            while index < number, offset < range.upperBound {
                let end = offset + pieces[index].count
                let (lower, upper) = (max(range.lowerBound, offset), min(range.upperBound, end))
                if lower < upper {
                    let base = try Self.base(of: pieces[index], index, name)
                    let start = UnsafeMutablePointer(mutating: base + (lower - offset))
                    parts.append(UnsafeMutableBufferPointer(start: start, count: upper - lower))
                }
                if end > range.upperBound { break }
                (index, offset) = (index + 1, end)
            }
        }
        self.parts = parts
    }

    private static func checkTotal<P: Piece>(
        of pieces: UnsafeBufferPointer<P>, _ name: String, expected: Int
    ) throws(Failure) {
        var total = 0
        for (index, piece) in pieces.enumerated() {
            guard 0...Layout.mostElements ~= piece.count else {
                throw Failure(SLIP_WRONG_COUNT, "\(name): segment \(index) has an impossible number of elements")
            }
            total += piece.count
            // Also keeps the sum from overflowing.
            guard total <= Layout.mostElements else { break }
        }
        guard total == expected else {
            throw Failure(
                SLIP_WRONG_COUNT, "\(name): the segments have \(total) elements together; expected: \(expected)")
        }
    }

    private static func base<P: Piece<Element>>(
        of piece: P, _ index: Int, _ name: String
    ) throws(Failure) -> UnsafePointer<Element> {
        let base = try require(piece.address, "\(name): segment \(index)'s data")
        let address = UInt(bitPattern: base)
        guard address % UInt(MemoryLayout<Element>.alignment) == 0 else {
            throw Failure(
                SLIP_INVALID_ARGUMENT,
                "\(name): segment \(index)'s data is not aligned to \(MemoryLayout<Element>.alignment) bytes")
        }
        let bytes = UInt(piece.count) * UInt(MemoryLayout<Element>.stride)
        guard !address.addingReportingOverflow(bytes).overflow else {
            throw Failure(SLIP_INVALID_ARGUMENT, "\(name): segment \(index) goes beyond the end of memory")
        }
        return base
    }

    /// To read.
    var segments: Segments<Element> { Segments(parts.map { UnsafeBufferPointer($0) }) }

    /// To write.
    var mutableSegments: MutableSegments<Element> { MutableSegments(parts) }
}

/// Checks that what a call writes overlaps neither itself nor what the call reads.
func requireDisjoint<Element: Scalar>(
    writing target: Pieces<Element>, reading sources: [Pieces<Element>] = []
) throws(Failure) {
    guard target.parts.count > 1 || !sources.isEmpty else { return }
    var spans: [(start: UInt, end: UInt, isWritten: Bool)] = []
    for (pieces, isWritten) in [(target, true)] + sources.map({ ($0, false) }) {
        for part in pieces.parts {
            let start = UInt(bitPattern: part.baseAddress)
            spans.append((start, start + UInt(part.count * MemoryLayout<Element>.stride), isWritten))
        }
    }
    spans.sort { $0.start < $1.start }
    var (end, endOfWritten): (UInt, UInt) = (0, 0)
    for span in spans {
        guard span.start >= (span.isWritten ? end : endOfWritten) else {
            let others = sources.map(\.name).joined(separator: " or ")
            throw Failure(
                SLIP_INVALID_ARGUMENT,
                "\(target.name): segments overlap in memory"
                    + (others.isEmpty ? "" : ", with one another or with \(others)"))
        }
        end = max(end, span.end)
        if span.isWritten { endOfWritten = max(endOfWritten, span.end) }
    }
}
