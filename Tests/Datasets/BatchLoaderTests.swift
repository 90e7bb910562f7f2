import Buffers
import Datasets
import Foundation
import Synchronization
import Testing

struct BatchLoaderTests {
    /// The indices of every batch from the loader's position on; images and labels are checked on the way.
    private func drain(_ loader: BatchLoader) -> [[Int]] {
        var batches: [[Int]] = []
        while let batch = loader.next() {
            let indices = Array(batch.indices)
            #expect(batch.images.elementsEqual(indices.flatMap { [Float($0), Float($0)] }))
            #expect(batch.labels.elementsEqual(indices.map { Int32($0 % 10) }))
            batches.append(indices)
        }
        return batches
    }

    @Test(arguments: [(1, 1), (7, 1), (10, 3), (32, 2), (32, 8), (100, 3), (1000, 3)])
    func everyImageComesOnceAnEpoch(_ batchSize: Int, _ prefetch: Int) throws {
        let loader = try BatchLoader(numbered(100), batchSize: batchSize, shuffleSeed: 7, prefetch: prefetch)
        for epoch in 0..<3 {
            try loader.start(epoch: epoch)
            let batches = drain(loader)
            #expect(batches.count == loader.batchCount)
            #expect(batches.dropLast().allSatisfy { $0.count == batchSize })
            #expect(batches.flatMap { $0 }.sorted() == Array(0..<100))
            #expect(loader.next() == nil)
        }
    }

    @Test func withoutASeedTheOrderIsTheDatas() throws {
        let loader = try BatchLoader(numbered(10), batchSize: 4)
        for epoch in [0, 3] {
            try loader.start(epoch: epoch)
            #expect(drain(loader) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
        }
    }

    @Test func theOrderDependsOnSeedAndEpochAlone() throws {
        func order(seed: UInt64, epoch: Int, batchSize: Int, prefetch: Int) throws -> [Int] {
            let loader = try BatchLoader(
                numbered(50), batchSize: batchSize, shuffleSeed: seed, prefetch: prefetch)
            try loader.start(epoch: epoch)
            return drain(loader).flatMap { $0 }
        }
        let first = try order(seed: 1, epoch: 4, batchSize: 8, prefetch: 3)
        #expect(try order(seed: 1, epoch: 4, batchSize: 5, prefetch: 1) == first)
        #expect(try order(seed: 2, epoch: 4, batchSize: 8, prefetch: 3) != first)
        #expect(try order(seed: 1, epoch: 5, batchSize: 8, prefetch: 3) != first)
        var random = Philox(seed: 1, stream: 4)
        #expect(first == random.permutation(50))
    }

    @Test func anEpochGoesOnAtAnyBatch() throws {
        let whole = try BatchLoader(numbered(50), batchSize: 8, shuffleSeed: 3)
        try whole.start(epoch: 2)
        let batches = drain(whole)
        let resumed = try BatchLoader(numbered(50), batchSize: 8, shuffleSeed: 3)
        for batch in 0...batches.count {
            try resumed.start(epoch: 2, fromBatch: batch)
            #expect(drain(resumed) == Array(batches[batch...]))
        }
    }

    @Test func batchesAreNumbered() throws {
        let loader = try BatchLoader(numbered(10), batchSize: 4)
        try loader.start(epoch: 0, fromBatch: 1)
        #expect(loader.next()?.number == 1)
        #expect(loader.next()?.number == 2)
    }

    @Test func startingAnewInTheMiddleDropsWhatWasAhead() throws {
        let loader = try BatchLoader(numbered(1000), batchSize: 10, shuffleSeed: 0)
        try loader.start(epoch: 0)
        let expected = drain(loader)
        for taken in 0..<12 {
            try loader.start(epoch: 1)
            for _ in 0..<taken { _ = loader.next() }
            try loader.start(epoch: 0)
            #expect(loader.next().map { Array($0.indices) } == expected.first)
        }
        try loader.start(epoch: 0)
        #expect(drain(loader) == expected)
    }

    @Test func memoryIsARingThatIsTakenOnce() throws {
        let loader = try BatchLoader(numbered(100), batchSize: 10, shuffleSeed: 0, prefetch: 3)
        var addresses: Set<UnsafeMutablePointer<Float>?> = []
        for epoch in 0..<4 {
            try loader.start(epoch: epoch)
            while let batch = loader.next() { addresses.insert(batch.images.baseAddress) }
        }
        #expect(addresses.count == 3)
    }

    @Test func impossibleSettingsAreRefused() throws {
        let data = try numbered(10)
        #expect(throws: BatchLoaderError.batchSize(0)) { try BatchLoader(data, batchSize: 0) }
        #expect(throws: BatchLoaderError.prefetch(0)) { try BatchLoader(data, batchSize: 1, prefetch: 0) }
        let loader = try BatchLoader(data, batchSize: 4)
        #expect(throws: BatchLoaderError.epoch(-1)) { try loader.start(epoch: -1) }
        #expect(throws: BatchLoaderError.batch(4, batchCount: 3)) { try loader.start(epoch: 0, fromBatch: 4) }
        #expect(throws: BatchLoaderError.batch(-1, batchCount: 3)) { try loader.start(epoch: 0, fromBatch: -1) }
    }

    @Test func withoutAStartThereIsNoBatch() throws {
        #expect(try BatchLoader(numbered(10), batchSize: 4).next() == nil)
    }

    @Test func aBatchLargerThanTheDataTakesNoMoreMemoryThanTheData() throws {
        let loader = try BatchLoader(numbered(3), batchSize: .max)
        try loader.start(epoch: 0)
        #expect(drain(loader) == [[0, 1, 2]])
    }

    @Test(arguments: ["flip,translate:2", "crop:0.3", "crop,flip:0.2,translate:1"])
    func augmentedImagesDependOnNeitherBatchesNorPrefetchNorResumption(_ text: String) throws {
        let data = try WindowTests.bytes(ImageShape(channels: 2, height: 6, width: 5), count: 50)
        let augmentations = try Augmentations(text)
        func images(batchSize: Int, prefetch: Int?, from batch: Int = 0) throws -> [Int: [Float]] {
            let loader = try BatchLoader(
                data, batchSize: batchSize, shuffleSeed: 6, augmentations: augmentations, prefetch: prefetch)
            // An epoch that is broken off must leave no trace.
            try loader.start(epoch: 0)
            _ = loader.next()
            try loader.start(epoch: 3, fromBatch: batch)
            var images: [Int: [Float]] = [:]
            while let batch = loader.next() {
                for (row, index) in batch.indices.enumerated() {
                    images[index] = Array(batch.images[row * 60..<(row + 1) * 60])
                }
            }
            return images
        }
        let whole = try images(batchSize: 7, prefetch: nil)
        #expect(whole.count == 50)
        for (index, image) in whole {
            let window = augmentations.window(of: index, shape: data.imageShape, seed: 6, epoch: 3)
            #expect(image == WindowTests.shown(data, [index], [window]))
        }
        #expect(try images(batchSize: 16, prefetch: 1) == whole)
        #expect(try images(batchSize: 50, prefetch: 2) == whole)
        let rest = try images(batchSize: 7, prefetch: 3, from: 5)
        #expect(rest.count == 15 && rest.allSatisfy { whole[$0.key] == $0.value })
    }

    @Test func smallBatchesHaveMoreMemoryAhead() throws {
        #expect(try BatchLoader(numbered(10_000), batchSize: 2).depth == 64)
        #expect(try BatchLoader(numbered(10_000), batchSize: 2048).depth == 16)
        #expect(try BatchLoader(numbered(100_000), batchSize: 100_000).depth == 3)
        #expect(try BatchLoader(numbered(10), batchSize: 2, prefetch: 5).depth == 5)
    }

    @Test func aBatchSaysHowLongItWasWaitedFor() throws {
        let data = Gated {}
        let loader = try BatchLoader(data, batchSize: 10, prefetch: 3)
        try loader.start(epoch: 0)
        let started = ContinuousClock().now
        let gate = data.gate
        Thread.detachNewThread { for _ in 0..<10 { gate.signal() } }
        let first = try #require(loader.next())
        #expect(first.secondsWaited >= 0 && first.secondsWaited <= (ContinuousClock().now - started) / .seconds(1))
        // The third batch was begun after the second one had been handed over.
        while data.made.withLock({ $0 }) < 30 { sched_yield() }
        #expect(loader.next()?.secondsWaited == 0)
    }

    @Test func itIsKnownWhichBatchComesNext() throws {
        let loader = try BatchLoader(numbered(10), batchSize: 4)
        #expect(!loader.isAt(epoch: 0, batch: 0))
        try loader.start(epoch: 2, fromBatch: 1)
        #expect(loader.isAt(epoch: 2, batch: 1) && !loader.isAt(epoch: 1, batch: 1))
        _ = loader.next()
        #expect(loader.isAt(epoch: 2, batch: 2))
    }

    /// Images whose making waits until the test lets it go on.
    private final class Gated: Dataset {
        let name = "gated"
        let imageShape = ImageShape(channels: 1, height: 1, width: 1)
        let classCount = 1
        let count = 100
        let labels = [Int32](repeating: 0, count: 100)
        let gate = DispatchSemaphore(value: 0)
        let made = Mutex(0)
        let onEnd: @Sendable () -> Void

        init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }

        deinit { onEnd() }

        func copyImages(at indices: UnsafeBufferPointer<Int>, to destination: UnsafeMutablePointer<Float>) {
            gate.wait()
            made.withLock { $0 += indices.count }
        }
    }

    @Test func aLoaderDroppedInTheMiddleMakesNoMoreAndLetsItsDataGo() throws {
        let gone = DispatchSemaphore(value: 0)
        let gate: DispatchSemaphore
        do {
            let data = Gated { gone.signal() }
            gate = data.gate
            let loader = try BatchLoader(data, batchSize: 10, shuffleSeed: 0, prefetch: 3)
            try loader.start(epoch: 0)
            gate.signal()
            #expect(loader.next()?.count == 10)
            // One batch is being made, one waits; the loader goes.
        }
        for _ in 0..<2 { gate.signal() }
        #expect(gone.wait(timeout: .now() + 60) == .success)
    }

    @Test func batchesAreMadeAheadWithoutBeingAskedFor() throws {
        let data = Gated {}
        let loader = try BatchLoader(data, batchSize: 10, prefetch: 3)
        for _ in 0..<10 { data.gate.signal() }
        try loader.start(epoch: 0)
        _ = loader.next()
        // Batches 1 and 2 have no consumer waiting for them, and are made all the same.
        while data.made.withLock({ $0 }) < 30 { sched_yield() }
        try loader.start(epoch: 0)
        #expect(loader.next()?.number == 0)
    }
}
