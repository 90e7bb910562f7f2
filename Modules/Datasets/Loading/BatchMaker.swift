import Buffers
import Dispatch
import Synchronization

/// Makes the batches of an epoch, on a background queue, into a ring of slots.
///
/// Batch n lies in slot n modulo their number. Batches `released..<made` are ready or in use and belong to the consumer;
/// the other slots belong to the maker. Who makes progress writes one of the two numbers, and that is all there is to
/// handing over a batch while both keep up: the queue is asked for work only after the ring was full, and then when a
/// part of it has become free, so that small batches share the price of waking a thread.
final class BatchMaker: @unchecked Sendable {
    private let dataset: any Dataset
    private let labels: [Int32]
    private let batchSize: Int
    private let shuffleSeed: UInt64?
    private let augmentations: Augmentations
    private let slots: [BatchSlot]
    /// How many slots must be free before the maker is woken.
    private let leastFree: Int

    /// The epoch under way and its order; set while the maker rests, read by it alone otherwise.
    private var epoch = 0
    private var order: [Int] = []
    private var orderedEpoch: Int?
    private var batchCount = 0

    private let made = Atomic(0)
    private let released = Atomic(0)
    private let isWorking = Atomic(false)
    private let isStopped = Atomic(false)
    private let isAwaited = Atomic(false)
    private let isReady = DispatchSemaphore(value: 0)

    init(
        _ dataset: any Dataset, batchSize: Int, shuffleSeed: UInt64?, augmentations: Augmentations, depth: Int
    ) throws {
        self.dataset = dataset
        labels = dataset.labels
        self.batchSize = batchSize
        self.shuffleSeed = shuffleSeed
        self.augmentations = augmentations
        let capacity = min(batchSize, dataset.count)
        slots = try (0..<depth).map { _ in
            try BatchSlot(
                imageSize: dataset.imageShape.count, capacity: capacity, isAugmented: !augmentations.isEmpty)
        }
        leastFree = max(1, depth / 4)
    }

    // MARK: The consumer's side

    /// Whether the queue should call ``work()``; the caller must see to it then.
    private func mustStart() -> Bool {
        !isWorking.load(ordering: .sequentiallyConsistent) && hasWork(leastFree)
            && !isWorking.exchange(true, ordering: .sequentiallyConsistent)
    }

    /// Ends the work as soon as the batch that is being made is done.
    func stop() { isStopped.store(true, ordering: .sequentiallyConsistent) }

    /// Begins an epoch; nothing may be working. Says whether the queue should call ``work()``.
    func begin(epoch: Int, fromBatch batch: Int, of batchCount: Int) -> Bool {
        self.epoch = epoch
        self.batchCount = batchCount
        made.store(batch, ordering: .relaxed)
        released.store(batch, ordering: .relaxed)
        isStopped.store(false, ordering: .sequentiallyConsistent)
        return mustStart()
    }

    /// Gives back the slots of all batches before one. Says whether the queue should call ``work()``.
    func release(before batch: Int) -> Bool {
        released.store(batch, ordering: .sequentiallyConsistent)
        return mustStart()
    }

    /// A batch that was not released yet, when it is ready; `nil` for no wait.
    func wait(for batch: Int) -> (slot: BatchSlot, seconds: Double) {
        let slot = slots[batch % slots.count]
        if made.load(ordering: .acquiring) > batch { return (slot, 0) }
        let clock = ContinuousClock()
        let start = clock.now
        while made.load(ordering: .sequentiallyConsistent) <= batch {
            isAwaited.store(true, ordering: .sequentiallyConsistent)
            // Whoever takes the flag back decides: if it was the maker, its signal is on the way and must be taken.
            let isThere = made.load(ordering: .sequentiallyConsistent) > batch
            if isThere, isAwaited.exchange(false, ordering: .sequentiallyConsistent) { break }
            isReady.wait()
        }
        return (slot, (clock.now - start) / .seconds(1))
    }

    // MARK: The maker's side

    /// Whether there is a batch to make, and so many slots are free.
    private func hasWork(_ free: Int) -> Bool {
        let next = made.load(ordering: .sequentiallyConsistent)
        let least = min(free, batchCount - next)
        return !isStopped.load(ordering: .sequentiallyConsistent) && next < batchCount
            && slots.count - (next - released.load(ordering: .sequentiallyConsistent)) >= least
    }

    /// Makes batches until the ring is full, the epoch is over, or the consumer says stop.
    func work() {
        repeat {
            if orderedEpoch == nil || (shuffleSeed != nil && orderedEpoch != epoch) { arrange() }
            while hasWork(1) {
                let number = made.load(ordering: .relaxed)
                fill(slots[number % slots.count], with: number)
                made.store(number + 1, ordering: .sequentiallyConsistent)
                if isAwaited.exchange(false, ordering: .sequentiallyConsistent) { isReady.signal() }
            }
            isWorking.store(false, ordering: .sequentiallyConsistent)
            // What was released until then woke nobody.
        } while mustStart()
    }

    private func arrange() {
        if let shuffleSeed {
            var random = Philox(seed: shuffleSeed, stream: UInt64(epoch))
            order = random.permutation(dataset.count)
        } else {
            order = Array(0..<dataset.count)
        }
        orderedEpoch = epoch
    }

    /// Writes a batch's images and labels.
    private func fill(_ slot: BatchSlot, with number: Int) {
        let first = number * batchSize
        slot.count = min(batchSize, order.count - first)
        for row in 0..<slot.count {
            let index = order[first + row]
            slot.indices.pointer[row] = index
            slot.labels.pointer[row] = labels[index]
        }
        let indices = UnsafeBufferPointer(start: slot.indices.pointer, count: slot.count)
        guard !augmentations.isEmpty else { return dataset.copyImages(at: indices, to: slot.images.pointer) }
        for (row, index) in indices.enumerated() {
            slot.windows.pointer[row] = augmentations.window(
                of: index, shape: dataset.imageShape, seed: shuffleSeed ?? 0, epoch: epoch)
        }
        dataset.copyImages(
            at: indices, through: UnsafeBufferPointer(start: slot.windows.pointer, count: slot.count),
            to: slot.images.pointer)
    }
}
