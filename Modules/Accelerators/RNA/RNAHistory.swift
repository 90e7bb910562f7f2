import Buffers

/// The vectors of a window of points, each stored once and reused when its point leaves.
///
/// A residual is not stored where it is a difference: the point and the one it was reached from are, and the former is
/// usually the latter of the next. So N residuals cost N + 1 vectors, and differences can be taken in double precision.
struct RNAHistory<Element: Scalar> {
    /// One point and what its residual is, as indices of vectors.
    struct Entry: Hashable {
        /// x_i.
        let point: Int
        /// y_{i−1}; nil if it was not told.
        let origin: Int?
        /// r_i; nil where it is the difference of the two others.
        let residual: Int?

        /// All vectors of the entry.
        var vectors: [Int] { [point] + [origin, residual].compactMap { $0 } }
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

    /// The most vectors that can be in use: N points, as many origins and residuals, and those that are coming in.
    var capacity: Int { 3 * window + 3 }

    /// Allocates what a plain sequence needs: N + 1 points and the one coming in.
    init(count: Int, window: Int) throws(AllocationError) {
        self.count = count
        self.window = window
        for _ in 0..<window + 2 { vectors.append(try AlignedBuffer(count: count)) }
    }

    /// The vectors in use, by index.
    var used: Set<Int> {
        var used = Set(entries.flatMap(\.vectors))
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

    /// What a residual is taken from: itself, or x_i.
    func later(_ entry: Entry) -> UnsafePointer<Element>? {
        UnsafePointer(vectors[entry.residual ?? entry.point].pointer)
    }

    /// What is subtracted from ``later(_:)``: y_{i−1}, or nil where the residual itself is stored.
    func earlier(_ entry: Entry) -> UnsafePointer<Element>? {
        guard entry.residual == nil, let origin = entry.origin else { return nil }
        return UnsafePointer(vectors[origin].pointer)
    }
}
