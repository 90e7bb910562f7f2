import Buffers
import Dispatch

/// A few images with their labels, ready for a network.
///
/// The memory belongs to the loader, which fills it again: everything here is valid until the loader's next `next()`
/// or `start(epoch:fromBatch:)`.
public struct Batch {
    /// The batch's number in its epoch, from 0.
    public let number: Int
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

/// The memory of one batch. The consumer and the background queue never hold it at the same time: the consumer hands
/// it over by enqueueing ``fill``, and gets it back by waiting for ``ready``.
final class BatchSlot: @unchecked Sendable {
    let images: AlignedBuffer<Float>
    let labels: AlignedBuffer<Int32>
    let indices: AlignedBuffer<Int>
    let imageSize: Int
    let ready = DispatchSemaphore(value: 0)
    var count = 0
    private let dataset: any Dataset
    private let allLabels: [Int32]

    init(_ dataset: any Dataset, capacity: Int) throws {
        self.dataset = dataset
        allLabels = dataset.labels
        imageSize = dataset.imageShape.count
        let (size, overflow) = capacity.multipliedReportingOverflow(by: imageSize)
        images = try AlignedBuffer(count: overflow ? -1 : size)
        labels = try AlignedBuffer(count: capacity)
        indices = try AlignedBuffer(count: capacity)
    }

    /// Writes the images and labels that ``indices`` name.
    func fill() {
        let chosen = UnsafeBufferPointer(start: indices.pointer, count: count)
        for (row, index) in chosen.enumerated() { labels.pointer[row] = allLabels[index] }
        dataset.copyImages(at: chosen, to: images.pointer)
        ready.signal()
    }
}
