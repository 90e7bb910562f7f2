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
/// The order is a function of the seed and the epoch alone, so a run can go on in the middle of an epoch with the
/// batches that it would have had. Memory is a ring of batches, taken once. A loader serves one thread at a time; it may
/// be dropped or started anew at any moment.
public final class BatchLoader {
    /// The data.
    public let dataset: any Dataset
    /// The number of images of every batch but the last of an epoch.
    public let batchSize: Int
    /// What the order of an epoch depends on; `nil` keeps the data's own.
    public let shuffleSeed: UInt64?

    private let slots: [BatchSlot]
    /// What fills each slot, made once: a batch then costs no allocation. An item keeps its slot and the data set, not the
    /// loader: dropping the loader stops everything after it.
    private let work: [DispatchWorkItem]
    private let queue = DispatchQueue(label: "slipstream.batches", qos: .userInitiated)
    private var order: [Int] = []
    /// The slots are used in turn: batch number modulo their number. Batches `delivered..<requested` are being made or
    /// wait to be fetched.
    private var delivered = 0
    private var requested = 0
    private var holdsBatch = false

    /// - Parameters:
    ///   - dataset: the data.
    ///   - batchSize: the number of images a batch, 1 or more. The last batch of an epoch has what is left.
    ///   - shuffleSeed: any value; `nil` keeps the data's own order, as evaluation wants it.
    ///   - prefetch: the number of batches that there is memory for, the one in use included; with 1 nothing is made
    ///     ahead. More than 3 help only where the time a step takes varies.
    /// - Throws: ``BatchLoaderError`` for a size or depth below 1, `AllocationError` if the batches do not fit memory.
    public init(_ dataset: any Dataset, batchSize: Int, shuffleSeed: UInt64? = nil, prefetch: Int = 3) throws {
        guard batchSize >= 1 else { throw BatchLoaderError.batchSize(batchSize) }
        guard prefetch >= 1 else { throw BatchLoaderError.prefetch(prefetch) }
        self.dataset = dataset
        self.batchSize = batchSize
        self.shuffleSeed = shuffleSeed
        let capacity = min(batchSize, dataset.count)
        slots = try (0..<prefetch).map { _ in try BatchSlot(dataset, capacity: capacity) }
        work = slots.map { slot in DispatchWorkItem { slot.fill() } }
    }

    /// The number of batches of an epoch.
    public var batchCount: Int { dataset.count / batchSize + (dataset.count % batchSize == 0 ? 0 : 1) }

    /// Begins an epoch; what was left of the one before is dropped.
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
        // Batches that are being made must be finished before their memory is used again.
        while delivered < requested {
            slot(delivered).ready.wait()
            delivered += 1
        }
        holdsBatch = false
        if let seed = shuffleSeed {
            var random = Philox(seed: seed, stream: UInt64(epoch))
            order = random.permutation(dataset.count)
        } else if order.isEmpty {
            order = Array(0..<dataset.count)
        }
        delivered = batch
        requested = batch
        for _ in slots { request() }
    }

    /// The next batch, or `nil` at the end of the epoch or before ``start(epoch:fromBatch:)``.
    ///
    /// Waits if the batch is still being made. The batch given before is no longer valid.
    public func next() -> Batch? {
        if holdsBatch { request() }
        holdsBatch = delivered < requested
        guard holdsBatch else { return nil }
        let slot = slot(delivered)
        slot.ready.wait()
        delivered += 1
        return Batch(number: delivered - 1, slot: slot)
    }

    private func slot(_ batch: Int) -> BatchSlot { slots[batch % slots.count] }

    /// Has the next batch made, if the epoch has one, in the slot whose turn it is.
    private func request() {
        guard requested < batchCount, !order.isEmpty else { return }
        let slot = slot(requested)
        let first = requested * batchSize
        slot.count = min(batchSize, order.count - first)
        for row in 0..<slot.count { slot.indices.pointer[row] = order[first + row] }
        queue.async(execute: work[requested % slots.count])
        requested += 1
    }
}
