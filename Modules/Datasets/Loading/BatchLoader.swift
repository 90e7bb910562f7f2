import Buffers
import Dispatch

/// Settings or a position that a loader cannot have.
public enum BatchLoaderError: Error, Equatable, CustomStringConvertible {
    /// A batch must hold an image at least.
    case batchSize(Int)
    /// There must be memory for a batch at least.
    case prefetch(Int)
    /// Epochs count from 0.
    case epoch(Int)
    /// The epoch has fewer batches.
    case batch(Int, batchCount: Int)

    /// What was wrong, and what would be right.
    public var description: String {
        switch self {
        case .batchSize(let size): "a batch size of \(size): it must be 1 or more"
        case .prefetch(let depth): "a prefetch depth of \(depth): it must be 1 or more"
        case .epoch(let epoch): "epoch \(epoch): epochs count from 0"
        case .batch(let batch, let count): "cannot start at batch \(batch) of an epoch of \(count) batches"
        }
    }
}

/// Batches of a data set, made in the background while the network works on the one before.
///
/// ```swift
/// let loader = try BatchLoader(dataset, batchSize: 128, shuffleSeed: 0)
/// for epoch in 0..<epochs {
///     try loader.start(epoch: epoch)
///     while let batch = loader.next() { train(batch.images, batch.labels) }
/// }
/// ```
///
/// The order is a function of the seed and the epoch alone, and what augmentation does to an image one of seed, epoch and
/// image: a run can go on in the middle of an epoch with the batches that it would have had. Memory is a ring of batches,
/// taken once. A loader serves one thread at a time; it may be dropped or started anew at any moment.
public final class BatchLoader {
    /// The data.
    public let dataset: any Dataset
    /// The number of images of every batch but the last of an epoch.
    public let batchSize: Int
    /// What the order of an epoch depends on; `nil` keeps the data's own.
    public let shuffleSeed: UInt64?
    /// What is done at random to the images.
    public let augmentations: Augmentations
    /// The number of batches that there is memory for.
    public let depth: Int

    private let maker: BatchMaker
    /// Made once: asking for work then costs no allocation. It keeps the maker, not the loader.
    private let work: DispatchWorkItem
    private let queue = DispatchQueue(label: "slipstream.batches", qos: .userInitiated)
    private var epoch: Int?
    private var upcoming = 0
    private var holdsBatch = false

    /// - Parameters:
    ///   - dataset: the data.
    ///   - batchSize: the number of images a batch, 1 or more. The last batch of an epoch has what is left.
    ///   - shuffleSeed: any value; `nil` keeps the data's own order, as evaluation wants it.
    ///   - augmentations: what is done at random to the images; none by default, as evaluation wants it. The draws depend
    ///     on `shuffleSeed`, where that is `nil` on 0.
    ///   - prefetch: the number of batches that there is memory for, the one in use included; with 1 nothing is made
    ///     ahead. By default 3, and of small batches as many as fit 256 KiB, 64 at most.
    /// - Throws: ``BatchLoaderError`` for a size or depth below 1, ``AugmentationError`` if the images are too small to be
    ///   changed so, `AllocationError` if the batches do not fit memory.
    public init(
        _ dataset: any Dataset, batchSize: Int, shuffleSeed: UInt64? = nil, augmentations: Augmentations = .none,
        prefetch: Int? = nil
    ) throws {
        guard batchSize >= 1 else { throw BatchLoaderError.batchSize(batchSize) }
        if let prefetch, prefetch < 1 { throw BatchLoaderError.prefetch(prefetch) }
        try augmentations.check(dataset.imageShape)
        self.dataset = dataset
        self.batchSize = batchSize
        self.shuffleSeed = shuffleSeed
        self.augmentations = augmentations
        depth = prefetch ?? Self.depth(of: min(batchSize, dataset.count), dataset.imageShape)
        let maker = try BatchMaker(
            dataset, batchSize: batchSize, shuffleSeed: shuffleSeed, augmentations: augmentations, depth: depth)
        self.maker = maker
        work = DispatchWorkItem { maker.work() }
    }

    deinit { maker.stop() }

    private static func depth(of images: Int, _ shape: ImageShape) -> Int {
        let (size, overflow) = images.multipliedReportingOverflow(by: shape.count)
        return overflow ? 3 : min(max((256 << 10) / (MemoryLayout<Float>.stride * max(size, 1)), 3), 64)
    }

    /// The number of batches of an epoch.
    public var batchCount: Int { dataset.count / batchSize + (dataset.count % batchSize == 0 ? 0 : 1) }

    /// Begins an epoch; what was left of the one before is dropped.
    ///
    /// Batches are made from here on: started before an evaluation, a loader has them ready after it.
    ///
    /// - Parameters:
    ///   - epoch: its number, from 0: with a seed, every epoch has its own order.
    ///   - batch: the number of the first batch that ``next()`` gives, `0...batchCount`.
    /// - Throws: ``BatchLoaderError`` for a number that does not exist.
    public func start(epoch: Int, fromBatch batch: Int = 0) throws {
        guard epoch >= 0 else { throw BatchLoaderError.epoch(epoch) }
        guard batch >= 0, batch <= batchCount else {
            throw BatchLoaderError.batch(batch, batchCount: batchCount)
        }
        // A batch that is being made must be finished before its memory is used again.
        maker.stop()
        queue.sync {}
        (self.epoch, upcoming, holdsBatch) = (epoch, batch, false)
        if maker.begin(epoch: epoch, fromBatch: batch, of: batchCount) { queue.async(execute: work) }
    }

    /// Whether the next batch is this one: then there is no need to start.
    ///
    /// - Parameters:
    ///   - epoch: the epoch's number, from 0.
    ///   - batch: the batch's number in it.
    public func isAt(epoch: Int, batch: Int) -> Bool { self.epoch == epoch && upcoming == batch }

    /// The next batch, or `nil` at the end of the epoch or before ``start(epoch:fromBatch:)``.
    ///
    /// Waits if the batch is still being made. The batch given before is no longer valid.
    public func next() -> Batch? {
        if holdsBatch, maker.release(before: upcoming) { queue.async(execute: work) }
        holdsBatch = epoch != nil && upcoming < batchCount
        guard holdsBatch else { return nil }
        let (slot, seconds) = maker.wait(for: upcoming)
        upcoming += 1
        return Batch(number: upcoming - 1, secondsWaited: seconds, slot: slot)
    }
}
