/// Places blocks of memory with known lifetimes in one arena, so that blocks alive at the same time do not overlap.
///
/// Greedy by size: the largest block first, each at the lowest offset that is free during its whole life. Within a few
/// percent of the lower bound on networks, and independent of anything but the sizes and lifetimes.
struct ArenaPlan {
    /// A block to place.
    struct Block {
        /// Its size in bytes.
        let bytes: Int
        /// The first step that touches it.
        let first: Int
        /// The last step that touches it.
        var last: Int
    }

    /// Where each block lies, in the order of the blocks.
    let offsets: [Int]
    /// The arena's size in bytes.
    let bytes: Int
    /// What all blocks would take side by side.
    let unsharedBytes: Int

    /// Plans an arena; every block starts on a multiple of 64 bytes.
    init(_ blocks: [Block]) {
        var offsets = [Int](repeating: 0, count: blocks.count)
        var placed: [(range: Range<Int>, block: Int)] = []
        var end = 0
        let sizes = blocks.map { ($0.bytes + 63) & ~63 }
        let order = blocks.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
        for index in order {
            var offset = 0
            // `placed` is sorted by offset, so the first gap that is wide enough is the lowest.
            for (range, other) in placed where blocks[other].overlaps(blocks[index]) {
                if range.lowerBound >= offset + sizes[index] { break }
                offset = max(offset, range.upperBound)
            }
            offsets[index] = offset
            let range = offset..<offset + sizes[index]
            placed.insert((range, index), at: placed.firstIndex { $0.range.lowerBound > offset } ?? placed.count)
            end = max(end, range.upperBound)
        }
        self.offsets = offsets
        bytes = end
        unsharedBytes = sizes.reduce(0, +)
    }
}

extension ArenaPlan.Block {
    fileprivate func overlaps(_ other: Self) -> Bool { first <= other.last && other.first <= last }
}
