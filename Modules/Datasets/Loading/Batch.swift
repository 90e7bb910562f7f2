import Buffers

/// A few images with their labels, ready for a network.
///
/// The memory belongs to the loader, which fills it again: everything here is valid until the loader's next `next()`
/// or `start(epoch:fromBatch:)`.
public struct Batch {
    /// The batch's number in its epoch, from 0.
    public let number: Int
    /// How long ``BatchLoader/next()`` had to wait for it, because it was still being made; 0 where it was ready.
    public let secondsWaited: Double
    let slot: BatchSlot

    /// The number of images; the last batch of an epoch may have fewer than the others.
    public var count: Int { slot.count }

    /// The images: images x channels x height x width.
    public var images: UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: slot.images.pointer, count: slot.count * slot.imageSize)
    }

    /// The class of each image.
    public var labels: UnsafeBufferPointer<Int32> {
        UnsafeBufferPointer(start: slot.labels.pointer, count: slot.count)
    }

    /// Which image of the data set each one is.
    public var indices: UnsafeBufferPointer<Int> {
        UnsafeBufferPointer(start: slot.indices.pointer, count: slot.count)
    }
}

/// The memory of one batch. The consumer and the maker never hold it at the same time: see ``BatchMaker``.
final class BatchSlot: @unchecked Sendable {
    let images: AlignedBuffer<Float>
    let labels: AlignedBuffer<Int32>
    let indices: AlignedBuffer<Int>
    let windows: AlignedBuffer<ImageWindow>
    let imageSize: Int
    var count = 0

    init(imageSize: Int, capacity: Int, isAugmented: Bool) throws {
        self.imageSize = imageSize
        let (size, overflow) = capacity.multipliedReportingOverflow(by: imageSize)
        images = try AlignedBuffer(count: overflow ? -1 : size)
        labels = try AlignedBuffer(count: capacity)
        indices = try AlignedBuffer(count: capacity)
        windows = try AlignedBuffer(count: isAugmented ? capacity : 0)
    }
}
