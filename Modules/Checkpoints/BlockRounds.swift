import Buffers
import CKernels
import Synchronization
import Tensors

/// Walks through one tensor of several files block by block, on all threads.
///
/// A block holds the same elements of every file and fits a core's second-level cache, so that what was read is still there
/// when it is worked on. Its length depends only on the number of files and the element type: so do all sums.
final class BlockRounds<Element: Scalar> {
    private let workers: Workers
    private let fileCount: Int
    private let numbers: StoredTensor.Numbers
    private let stride: Int
    /// The elements that one block has of each file.
    let blockLength: Int
    /// The blocks that are worked on before ``forEachRound(of:readers:_:finishing:)`` stops for their results.
    let roundBlocks: Int
    /// One row a file, for each thread.
    private let rows: AlignedBuffer<Element>
    /// What 16-bit rows are read to.
    private let narrow: AlignedBuffer<UInt16>
    /// A whole round of files that can only be read from the first byte to the last; made when there are such.
    private var round: AlignedBuffer<UInt8>?

    init(fileCount: Int, numbers: StoredTensor.Numbers, workers: Workers) throws(AllocationError) {
        self.workers = workers
        self.fileCount = fileCount
        self.numbers = numbers
        stride = numbers.stride ?? MemoryLayout<Element>.stride
        let cached = (512 << 10) / (max(1, fileCount) * MemoryLayout<Element>.stride)
        blockLength = max(1024, cached / 1024 * 1024)
        roundBlocks = 8 * workers.count
        rows = try AlignedBuffer(count: workers.count * fileCount * blockLength)
        narrow = try AlignedBuffer(count: stride == 2 ? workers.count * blockLength : 0)
    }

    /// Where a block's elements are.
    struct Block {
        /// The tensor's elements that it holds.
        let range: Range<Int>
        /// Which round it belongs to, and which of its blocks it is.
        let round: Int
        let index: Int
        /// Where the elements of each file are.
        let rows: [UnsafePointer<Element>]
    }

    /// Reads a tensor from the first element to the last.
    ///
    /// - Parameters:
    ///   - count: the number of elements.
    ///   - readers: one a file.
    ///   - work: called for every block, by several threads at once.
    ///   - finish: called after every round with its elements, when all of its blocks are done: by one thread, in order,
    ///     while others are at the next round's blocks.
    func forEachRound(
        of count: Int, readers: [any ElementReader], _ work: (Block) throws -> Void,
        finishing finish: (_ range: Range<Int>, _ round: Int) throws -> Void
    ) throws {
        let roundLength = roundBlocks * blockLength
        let rounds = (count + roundLength - 1) / roundLength
        for round in 0..<rounds {
            let range = range(of: round, count)
            let failure = FirstFailure()
            try readAhead(range, readers)
            let blocks = (range.count + blockLength - 1) / blockLength
            // Whoever is free takes the next block: what is left of the last round makes them unequal.
            let next = Atomic(round > 0 ? -1 : 0)
            Workers(min(workers.count, blocks)).perform { worker in
                while true {
                    let index = next.add(1, ordering: .relaxed).oldValue
                    guard index < blocks, !failure.isSet else { return }
                    failure.catching(at: index) {
                        guard index >= 0 else { return try finish(self.range(of: round - 1, count), round - 1) }
                        let lower = range.lowerBound + index * blockLength
                        let block = lower..<min(range.upperBound, lower + blockLength)
                        let rows = try read(block, from: range.lowerBound, readers, worker)
                        try work(Block(range: block, round: round, index: index, rows: rows))
                    }
                }
            }
            try failure.rethrow()
        }
        if rounds > 0 { try finish(range(of: rounds - 1, count), rounds - 1) }
        for reader in readers { try reader.finish() }
    }

    private func range(of round: Int, _ count: Int) -> Range<Int> {
        let length = roundBlocks * blockLength
        return round * length..<min(count, (round + 1) * length)
    }

    /// Reads a round of the files that can only be read in order, file beside file.
    private func readAhead(_ range: Range<Int>, _ readers: [any ElementReader]) throws {
        let ordered = readers.indices.filter { !readers[$0].isRandomAccess }
        guard !ordered.isEmpty else { return }
        let rowBytes = roundBlocks * blockLength * stride
        let memory = try round ?? AlignedBuffer(count: fileCount * rowBytes)
        round = memory
        let failure = FirstFailure()
        workers.split(ordered.count) { positions, _ in
            for position in positions {
                let index = ordered[position]
                let row = UnsafeMutableRawBufferPointer(
                    start: memory.pointer + index * rowBytes, count: range.count * stride)
                failure.catching(at: index) { try readers[index].read(at: range.lowerBound * stride, into: row) }
            }
        }
        try failure.rethrow()
    }

    /// Brings a block's rows to where a worker works, as elements.
    private func read(
        _ range: Range<Int>, from roundStart: Int, _ readers: [any ElementReader], _ worker: Int
    ) throws -> [UnsafePointer<Element>] {
        var result: [UnsafePointer<Element>] = []
        result.reserveCapacity(readers.count)
        for (index, reader) in readers.enumerated() {
            let row = rows.pointer + (worker * fileCount + index) * blockLength
            let raw = stride == 2 ? UnsafeMutableRawPointer(narrow.pointer + worker * blockLength) : .init(row)
            let bytes = UnsafeMutableRawBufferPointer(start: raw, count: range.count * stride)
            if reader.isRandomAccess {
                try reader.read(at: range.lowerBound * stride, into: bytes)
            } else if let round {
                let offset = (index * roundBlocks * blockLength + range.lowerBound - roundStart) * stride
                bytes.copyMemory(from: UnsafeRawBufferPointer(start: round.pointer + offset, count: bytes.count))
            }
            widen(raw, to: row, count: range.count)
            result.append(UnsafePointer(row))
        }
        return result
    }

    private func widen(_ raw: UnsafeMutableRawPointer, to row: UnsafeMutablePointer<Element>, count: Int) {
        guard stride == 2, let floats = row as? UnsafeMutablePointer<Float> else { return }
        let bits = raw.assumingMemoryBound(to: UInt16.self)
        numbers == .float16 ? ck_widen_f16(bits, floats, count) : ck_widen_bf16(bits, floats, count)
    }
}
