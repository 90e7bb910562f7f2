import Buffers
import CSlipstream
import Glibc

/// What the parts of a caller's vector are.
struct Layout: Equatable {
    /// The most segments of a layout or pieces of a vector.
    static let mostSegments = 1 << 20
    /// The most elements: counts are kept as numbers that Float64 holds exactly, and no memory is nearly as large.
    static let mostElements = 1 << 53
    /// The machine's memory in bytes: no vector is longer.
    static let physicalMemory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))

    /// Neighbours with the same flags.
    struct Part: Equatable {
        var range: Range<Int>
        let flags: UInt32

        /// Whether all bits of `flag` are set.
        func `is`(_ flag: Int) -> Bool { flags & UInt32(flag) != 0 }
    }

    /// The parts, by rising position, none of them empty.
    let parts: [Part]
    /// The number of elements that callers hand over.
    let count: Int
    /// The elements with a gradient.
    let trainable: [Range<Int>]
    /// The running statistics.
    let statistics: [Range<Int>]

    private init(parts: [Part]) {
        var merged: [Part] = []
        for part in parts where !part.range.isEmpty {
            if let last = merged.last, last.flags == part.flags {
                merged[merged.count - 1].range = last.range.lowerBound..<part.range.upperBound
            } else {
                merged.append(part)
            }
        }
        self.parts = merged
        count = merged.last?.range.upperBound ?? 0
        let used = merged.filter { !$0.is(SLIP_SEGMENT_FROZEN) }
        trainable = used.filter { !$0.is(SLIP_SEGMENT_STATISTIC) }.map(\.range)
        statistics = used.filter { $0.is(SLIP_SEGMENT_STATISTIC) }.map(\.range)
    }

    /// A vector whose elements are all weights.
    init(count: Int) throws(Failure) {
        guard 0...Layout.mostElements ~= count else {
            throw Failure(SLIP_OUT_OF_MEMORY, "a vector of so many elements fits no memory")
        }
        self.init(parts: [Part(range: 0..<count, flags: UInt32(SLIP_SEGMENT_REGULARIZED))])
    }

    /// What a caller describes.
    init(_ array: UnsafePointer<slip_layout_segment>?, _ number: Int) throws(Failure) {
        guard 0...Layout.mostSegments ~= number else {
            throw Failure(SLIP_INVALID_ARGUMENT, "layout: the number of segments is above \(Layout.mostSegments)")
        }
        let segments = UnsafeBufferPointer(start: number > 0 ? try require(array, "layout") : nil, count: number)
        var parts: [Part] = []
        var offset = 0
        for (index, segment) in segments.enumerated() {
            guard 0...Layout.mostElements - offset ~= segment.count else {
                throw Failure(
                    SLIP_OUT_OF_MEMORY,
                    "layout: with segment \(index), the vector has more elements than fit any memory")
            }
            guard segment.reserved == 0 else {
                throw Failure(SLIP_INVALID_ARGUMENT, "layout: segment \(index)'s reserved member is not 0")
            }
            try Layout.check(segment.flags, of: index)
            parts.append(Part(range: offset..<offset + segment.count, flags: segment.flags))
            offset += segment.count
        }
        self.init(parts: parts)
    }

    private static func check(_ flags: UInt32, of index: Int) throws(Failure) {
        let kinds = UInt32(SLIP_SEGMENT_REGULARIZED | SLIP_SEGMENT_STATISTIC | SLIP_SEGMENT_SCALE)
        guard flags & ~(kinds | UInt32(SLIP_SEGMENT_FROZEN)) == 0 else {
            throw Failure(
                SLIP_INVALID_ARGUMENT,
                "layout: segment \(index) has flags that there are not: \(flags); known: 1, 2, 4, 8")
        }
        guard (flags & kinds).nonzeroBitCount <= 1 else {
            throw Failure(
                SLIP_INVALID_ARGUMENT,
                "layout: segment \(index) has flags that exclude one another; at most one of regularized, statistic and "
                    + "scale goes")
        }
    }

    /// The number of elements with a gradient.
    var trainableCount: Int { trainable.reduce(0) { $0 + $1.count } }

    /// The number of elements that are not frozen.
    var usedCount: Int { statistics.reduce(trainableCount) { $0 + $1.count } }

    /// The elements that l1 regularisers and frozen zeros are about.
    var regularized: [Range<Int>] {
        parts.filter { $0.is(SLIP_SEGMENT_REGULARIZED) && !$0.is(SLIP_SEGMENT_FROZEN) }.map(\.range)
    }

    /// The trainable parts as an optimizer's state sees them, one after the other.
    func parameterLayout() throws(Failure) -> ParameterLayout {
        let declarations = parts.filter { !$0.is(SLIP_SEGMENT_FROZEN) && !$0.is(SLIP_SEGMENT_STATISTIC) }.map { part in
            let kind: ParameterKind =
                part.is(SLIP_SEGMENT_REGULARIZED) ? .weight : part.is(SLIP_SEGMENT_SCALE) ? .scale : .bias
            return (name: "\(part.range.lowerBound)", shape: [part.range.count], kind: kind)
        }
        do { return try ParameterLayout(declarations) } catch {
            throw Failure(SLIP_INVALID_ARGUMENT, error.description)
        }
    }

    /// As a saved state holds it: the length and flags of every part.
    var numbers: [Double] { parts.flatMap { [Double($0.range.count), Double($0.flags)] } }
}
