import CKernels

/// A number of threads to spread loops over.
///
/// All values share the process's helper threads, which sleep while there is nothing to do. A loop started inside
/// another one's body runs on that body's thread. How a loop is cut depends only on its length and on `count`, so the
/// same work gives the same bits on every run.
public struct Workers: Sendable, Hashable {
    /// The number of threads, at least 1.
    public let count: Int

    /// - Parameter count: the number of threads; values below 1 count as 1.
    public init(_ count: Int) { self.count = max(1, count) }

    /// One thread: every loop runs on the caller's.
    public static let serial = Workers(1)

    /// As many threads as this process may run at once.
    public static var all: Workers { Workers(Int(ck_available_processors())) }

    /// Calls `body` once for every worker index in `0..<count`, at the same time as far as threads are free, and waits
    /// for all. A body must not wait for another one.
    public func perform(_ body: (_ worker: Int) -> Void) { Self.concurrently(count, body) }

    /// Cuts `0..<length` into at most `count` contiguous ranges and calls `body` for each, at the same time.
    ///
    /// - Parameters:
    ///   - length: the number of items.
    ///   - grain: the fewest items worth a thread of their own; every boundary is a multiple of it.
    ///   - body: called with a range that is not empty and the index of its worker.
    public func split(_ length: Int, grain: Int = 1, _ body: (_ range: Range<Int>, _ worker: Int) -> Void) {
        let parts = self.parts(length, grain: grain)
        Self.concurrently(parts) { worker in
            let range = Self.range(of: worker, parts: parts, length: length, grain: grain)
            if !range.isEmpty { body(range, worker) }
        }
    }

    /// How many ranges ``split(_:grain:_:)`` cuts `0..<length` into.
    public func parts(_ length: Int, grain: Int = 1) -> Int {
        guard length > 0 else { return 0 }
        return min(count, (length + grain - 1) / grain)
    }

    /// The range that ``split(_:grain:_:)`` hands to a worker.
    public func range(of worker: Int, length: Int, grain: Int = 1) -> Range<Int> {
        Self.range(of: worker, parts: parts(length, grain: grain), length: length, grain: grain)
    }

    private static func range(of worker: Int, parts: Int, length: Int, grain: Int) -> Range<Int> {
        let grains = (length + grain - 1) / grain
        let lower = grains * worker / parts * grain
        let upper = grains * (worker + 1) / parts * grain
        return min(lower, length)..<min(upper, length)
    }

    private static func concurrently(_ iterations: Int, _ body: (Int) -> Void) {
        guard iterations > 1 else {
            if iterations == 1 { body(0) }
            return
        }
        // `ck_parallel` returns only when every piece has, so `body` outlives them; callers keep the pieces disjoint.
        withoutActuallyEscaping(body) { escapable in
            var piece = Piece(run: escapable)
            withUnsafeMutablePointer(to: &piece) { context in
                ck_parallel(
                    iterations, { $0?.assumingMemoryBound(to: Piece.self).pointee.run($1) }, context)
            }
        }
    }

    private struct Piece { let run: (Int) -> Void }
}
