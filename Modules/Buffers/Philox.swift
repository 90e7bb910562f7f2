import Glibc

/// Philox4x32-10, a counter-based random number generator: the numbers are a function of (seed, stream, counter),
/// so any of them can be had at any time, on any thread, and nothing needs saving but the position.
///
/// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
public struct Philox: Sendable, Hashable, RandomNumberGenerator {
    /// The key: which sequence family.
    public let seed: UInt64
    /// The upper half of the counter: an independent sequence of 2^64 blocks.
    public let stream: UInt64
    /// The next block of ``next()``.
    public private(set) var counter: UInt64 = 0
    private var high: UInt64?

    /// - Parameters:
    ///   - seed: any value; different seeds give unrelated numbers.
    ///   - stream: any value; different streams of a seed never overlap.
    public init(seed: UInt64, stream: UInt64 = 0) {
        self.seed = seed
        self.stream = stream
    }

    /// The four 32-bit words of block `index`, whatever was drawn before.
    @inlinable
    public func block(_ index: UInt64) -> SIMD4<UInt32> {
        var (c0, c1) = (UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32))
        var (c2, c3) = (UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
        var (k0, k1) = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        for _ in 0..<10 {
            let p0 = UInt64(c0) &* 0xD251_1F53
            let p1 = UInt64(c2) &* 0xCD9E_8D57
            (c0, c1, c2, c3) = (
                UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p1),
                UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: p0)
            )
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return SIMD4(c0, c1, c2, c3)
    }

    public mutating func next() -> UInt64 {
        if let saved = high {
            high = nil
            return saved
        }
        let words = block(counter)
        counter &+= 1
        high = UInt64(words.z) | UInt64(words.w) << 32
        return UInt64(words.x) | UInt64(words.y) << 32
    }

    /// A number in [0, 1) with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number from the standard normal distribution (Box–Muller, the cosine branch).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// The integers `0..<count` in random order (Fisher–Yates).
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        guard count > 1 else { return order }
        for last in stride(from: count - 1, to: 0, by: -1) {
            // Multiply-high maps 64 random bits to 0...last; the bias is below 2^-32 for any array that fits memory.
            order.swapAt(last, Int(next().multipliedFullWidth(by: UInt64(last + 1)).high))
        }
        return order
    }
}
