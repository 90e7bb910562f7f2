import Accelerators
import Buffers
import Tensors

extension CheckpointSet {
    /// What each checkpoint counts in the combination; for RNA, the first of two passes over the files.
    ///
    /// - Parameters:
    ///   - method: how to combine.
    ///   - workers: the threads to use.
    /// - Throws: ``CheckpointError`` if an element is not finite or nothing makes residuals; what the files' formats throw
    ///   if they cannot be read; `AllocationError`.
    public func weights(_ method: CheckpointMethod, workers: Workers = .all) throws -> CheckpointWeights {
        switch method {
        case .uniformAverage: return try average(UniformAverage().coefficients(of: files.count))
        case .exponentialAverage(let settings): return average(settings.coefficients(of: files.count))
        case .rna(let settings):
            let gram = try gram(workers)
            let solution = gram.solve(settings)
            return CheckpointWeights(
                weights: PointWeights(solution, relaxation: settings.relaxation), rejection: solution.rejection,
                conditionNumber: solution.conditionNumber.isNaN ? nil : solution.conditionNumber,
                repeated: gram.repeated)
        }
    }

    private func average(_ coefficients: [Double]) -> CheckpointWeights {
        CheckpointWeights(weights: PointWeights(coefficients), rejection: nil, conditionNumber: nil, repeated: [])
    }

    /// The Gram matrix of the differences between successive checkpoints, over the tensors that make residuals.
    private func gram(_ workers: Workers) throws -> DifferenceGram {
        var total = DifferenceGram(points: files.count)
        let residual = columns.filter(\.makesResiduals)
        guard !residual.isEmpty else { throw CheckpointError.noResiduals(file: files.last?.path ?? "") }
        // Type by type: each has buffers of its own.
        for numbers: StoredTensor.Numbers in [.float32, .float64, .float16, .bfloat16] {
            let columns = residual.filter { $0.tensor.numbers == numbers }
            if columns.isEmpty { continue }
            if numbers == .float64 {
                try add(columns, numbers, as: Double.self, to: &total, workers)
            } else {
                try add(columns, numbers, as: Float.self, to: &total, workers)
            }
        }
        return total
    }

    private func add<Element: Scalar>(
        _ columns: [Column], _ numbers: StoredTensor.Numbers, as type: Element.Type, to total: inout DifferenceGram,
        _ workers: Workers
    ) throws {
        let rounds = try BlockRounds<Element>(fileCount: files.count, numbers: numbers, workers: workers)
        // Two rounds' worth: one is added up while the next is worked on.
        var partial = [DifferenceGram](repeating: DifferenceGram(points: files.count), count: 2 * rounds.roundBlocks)
        for column in columns {
            let readers = try column.indices.enumerated().map { try files[$0.offset].reader(of: $0.element) }
            try partial.withUnsafeMutableBufferPointer { partial in
                try rounds.forEachRound(of: column.tensor.count, readers: readers) { block in
                    // Added up in order afterwards, so that sums do not depend on which thread was first.
                    var sum = DifferenceGram(points: files.count)
                    sum.add(block.rows, count: block.range.count)
                    if !sum.isFinite { try checkFinite(block, column, Array(files.indices)) }
                    partial[block.round % 2 * rounds.roundBlocks + block.index] = sum
                } finishing: { range, round in
                    let first = round % 2 * rounds.roundBlocks
                    let blocks = (range.count + rounds.blockLength - 1) / rounds.blockLength
                    for index in first..<first + blocks { total.add(partial[index]) }
                }
            }
        }
    }

    /// Finds the element that is infinite or not a number, if there is one.
    func checkFinite<Element: Scalar>(
        _ block: BlockRounds<Element>.Block, _ column: Column, _ read: [Int]
    ) throws {
        for (row, file) in zip(block.rows, read) {
            if let element = (0..<block.range.count).first(where: { !row[$0].isFinite }) {
                throw CheckpointError.notFinite(
                    file: files[file].path, tensor: column.tensor.name, element: block.range.lowerBound + element)
            }
        }
    }
}
