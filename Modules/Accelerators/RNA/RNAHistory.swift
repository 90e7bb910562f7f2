import Buffers

/// The vectors of a window of points, each stored once and reused when its point leaves.
///
/// A residual is not stored where it is a difference: the point and the one it was reached from are, and the former is
/// usually the latter of the next. So N residuals cost N + 1 vectors, and differences can be taken in double precision.
struct RNAHistory<Element: Scalar> {
    /// One point and what its residual is taken from, as indices of vectors.
    struct Entry: Hashable {
        /// x_i.
        let point: Int
        /// y_{i−1}, or r_i itself if `isResidual`.
        let companion: Int
        /// Whether the companion is the residual.
        let isResidual: Bool
    }

    /// The number of elements of a vector.
    let count: Int
    /// The most points that are kept.
    let window: Int
    /// All vectors, in use or not.
    private(set) var vectors: [AlignedBuffer<Element>] = []
    /// The points, oldest first.
    var entries: [Entry] = []
    /// The vector that the method goes on from.
    var origin: Int?

    /// The most vectors that can be in use: N points, N companions, and the two that are coming in.
    var capacity: Int { 2 * window + 2 }

    /// Allocates what a plain sequence needs: N + 1 points and the one coming in.
    init(count: Int, window: Int) throws(AllocationError) {
        self.count = count
        self.window = window
        for _ in 0..<window + 2 { vectors.append(try AlignedBuffer(count: count)) }
    }

    /// The vectors in use, by index.
    var used: Set<Int> {
        var used = Set(entries.flatMap { [$0.point, $0.companion] })
        if let origin { used.insert(origin) }
        return used
    }

    /// A vector that is not in use and is none of `taken`; a new one if there is none.
    mutating func free(besides taken: Set<Int> = []) throws(AllocationError) -> Int {
        let used = self.used.union(taken)
        if let index = vectors.indices.first(where: { !used.contains($0) }) { return index }
        try grow(to: vectors.count + 1)
        return vectors.count - 1
    }

    /// Allocates vectors until there are `number`.
    mutating func grow(to number: Int) throws(AllocationError) {
        while vectors.count < number { vectors.append(try AlignedBuffer(count: count)) }
    }

    /// Whether one point has to leave for the next.
    var isFull: Bool { entries.count == window }

    /// x_i, whose residuals enter the Gram matrix as later − earlier.
    func later(_ entry: Entry) -> UnsafePointer<Element>? {
        UnsafePointer(vectors[entry.isResidual ? entry.companion : entry.point].pointer)
    }

    /// y_{i−1}, or nil where the residual itself is stored.
    func earlier(_ entry: Entry) -> UnsafePointer<Element>? {
        entry.isResidual ? nil : UnsafePointer(vectors[entry.companion].pointer)
    }
}
