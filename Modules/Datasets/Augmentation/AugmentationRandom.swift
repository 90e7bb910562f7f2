import Buffers

/// The random numbers of one augmentation of one image in one epoch.
///
/// They are a function of these and the seed, so it makes no difference in which batch an image comes, which thread makes
/// it, and whether the run was resumed.
public struct AugmentationRandom: Sendable {
    private let generator: Philox
    private var block: UInt64
    private var words = SIMD4<UInt32>()
    private var used = 4

    /// - Parameters:
    ///   - seed: the run's.
    ///   - epoch: the epoch's number, from 0.
    ///   - image: the image's number in its data set.
    ///   - place: the augmentation's place among those of the run, from 0.
    public init(seed: UInt64, epoch: Int, image: Int, place: Int) {
        // "augm" above the epoch: streams below 2³² order the images.
        generator = Philox(seed: seed, stream: 0x6175_676D_0000_0000 | UInt64(UInt32(truncatingIfNeeded: epoch)))
        block = UInt64(truncatingIfNeeded: image) << 16 | UInt64(UInt8(truncatingIfNeeded: place)) << 8
    }

    private mutating func word() -> UInt32 {
        if used == 4 {
            words = generator.block(block)
            block &+= 1
            used = 0
        }
        used += 1
        return words[used - 1]
    }

    /// A number in [0, 1) with 32 random bits; an augmentation has 1,024 of them or of integers.
    public mutating func uniform() -> Double { Double(word()) * 0x1p-32 }

    /// A number in [lower, upper).
    public mutating func uniform(_ lower: Double, _ upper: Double) -> Double { lower + (upper - lower) * uniform() }

    /// An integer of a range of at most 2¹⁶ numbers; none is likelier than another by more than one part in 2¹⁶.
    public mutating func integer(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int((UInt64(word()) * UInt64(range.count)) >> 32)
    }
}
