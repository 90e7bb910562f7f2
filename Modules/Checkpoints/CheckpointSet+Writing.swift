import Accelerators
import Buffers
import CKernels
import Tensors

extension CheckpointSet {
    /// Writes the combination: a copy of the last checkpoint with other numbers, which appears complete or not at all.
    ///
    /// - Parameters:
    ///   - weights: what each checkpoint counts, as ``weights(_:workers:)`` gives it.
    ///   - path: the file to make or to replace.
    ///   - workers: the threads to use.
    /// - Throws: ``CheckpointError`` if an element is not finite or the combination is beyond its type; what the files'
    ///   formats throw if they cannot be read; `FileError` if the file cannot be written; `AllocationError`.
    public func write(_ weights: PointWeights, to path: String, workers: Workers = .all) throws {
        guard let last = files.last else { return }
        let byIndex = Dictionary(columns.map { ($0.indices[files.count - 1], $0) }) { first, _ in first }
        var floats: [StoredTensor.Numbers: Combiner<Float>] = [:]
        var doubles: Combiner<Double>?
        try last.writeCopy(to: path, replacing: Set(byIndex.keys)) { index, write in
            guard let column = byIndex[index] else { return }
            let numbers = column.tensor.numbers
            if numbers == .float64 {
                let combiner = try doubles ?? Combiner(weights, numbers, workers)
                doubles = combiner
                try combiner.combine(column, of: self) { try write($0) }
            } else {
                let combiner = try floats[numbers] ?? Combiner(weights, numbers, workers)
                floats[numbers] = combiner
                try combiner.combine(column, of: self) { try write($0) }
            }
        }
    }

    /// Writes a copy of the last checkpoint: what to fall back to.
    ///
    /// - Throws: what its format throws if it cannot be read, `FileError` if the copy cannot be written.
    public func writeLast(to path: String) throws {
        try files.last?.writeCopy(to: path, replacing: []) { _, _ in }
    }
}

/// Combines the tensors of one element type.
private final class Combiner<Element: Scalar> {
    private let weights: PointWeights
    private let used: [Int]
    private let numbers: StoredTensor.Numbers
    private let rounds: BlockRounds<Element>
    /// The results of two rounds, one of which is written while the other is worked on, and what they become where elements have 16 bits.
    private let results: AlignedBuffer<Element>
    private let narrow: AlignedBuffer<UInt16>

    init(_ weights: PointWeights, _ numbers: StoredTensor.Numbers, _ workers: Workers) throws(AllocationError) {
        self.weights = weights
        self.numbers = numbers
        used = weights.used
        rounds = try BlockRounds(fileCount: used.count, numbers: numbers, workers: workers)
        let length = 2 * rounds.roundBlocks * rounds.blockLength
        results = try AlignedBuffer(count: length)
        narrow = try AlignedBuffer(count: numbers.stride == 2 ? length : 0)
    }

    func combine(
        _ column: CheckpointSet.Column, of set: CheckpointSet, _ write: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let readers = try used.map { try set.files[$0].reader(of: column.indices[$0]) }
        try rounds.forEachRound(of: column.tensor.count, readers: readers) { block in
            let offset = offset(of: block.round) + block.index * rounds.blockLength
            let isFinite = weights.combine(block.rows, count: block.range.count, into: results.pointer + offset)
            guard isFinite, shorten(offset, block.range.count) else {
                try set.checkFinite(block, column, used)
                throw CheckpointError.overflow(tensor: column.tensor.name, type: column.tensor.typeName)
            }
        } finishing: { range, round in
            let offset = offset(of: round)
            if numbers.stride == 2 {
                try write(
                    UnsafeRawBufferPointer(UnsafeBufferPointer(start: narrow.pointer + offset, count: range.count)))
            } else {
                try write(
                    UnsafeRawBufferPointer(UnsafeBufferPointer(start: results.pointer + offset, count: range.count)))
            }
        }
    }

    private func offset(of round: Int) -> Int { round % 2 * rounds.roundBlocks * rounds.blockLength }

    /// Rounds results to 16 bits where that is their type, and returns whether they fit.
    private func shorten(_ offset: Int, _ count: Int) -> Bool {
        guard numbers.stride == 2, let floats = results.pointer as? UnsafeMutablePointer<Float> else { return true }
        let target = narrow.pointer + offset
        let isHalf = numbers == .float16
        isHalf ? ck_narrow_f16(floats + offset, target, count) : ck_narrow_bf16(floats + offset, target, count)
        let exponent: UInt16 = isHalf ? 0x7c00 : 0x7f80
        return UnsafeBufferPointer(start: target, count: count).allSatisfy { $0 & exponent != exponent }
    }
}
