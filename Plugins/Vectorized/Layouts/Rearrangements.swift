import Buffers
import CKernels
import Graphs
import Tensors

#if canImport(Glibc)
    import Glibc
#endif

extension VectorizedBackend {
    /// Operators that move elements: joining, cutting, exchanging dimensions, stretching.
    func rearrangement(_ request: KernelRequest) -> Kernel? {
        guard let operation = request.operation as? any RearrangingOperator,
            request.outputs.allSatisfy({ $0.type.kind == .real })
        else { return nil }
        var copies: [(move: ElementMove, copy: GridCopy)] = []
        for move in operation.moves(inputs: request.inputs, outputs: request.outputs) where move.isNotEmpty {
            guard let copy = GridCopy(move) else { return nil }
            copies.append((move, copy))
        }
        let sizes = operation.leavesGaps ? request.outputs.map(\.count) : []
        let name = type(of: operation).name.lowercased()
        return Kernel(name: "vectorized.\(name)") { [copies] call in
            for (index, size) in sizes.enumerated() {
                let y = call.output(index, as: Float.self)
                call.workers.split(size, grain: 4 * elementGrain) { range, _ in
                    memset(y + range.lowerBound, 0, range.count * MemoryLayout<Float>.stride)
                }
            }
            for (move, copy) in copies {
                copy.run(
                    UnsafePointer(call.input(move.input, as: Float.self) + move.from.offset),
                    call.output(move.output, as: Float.self) + move.to.offset, call.workers)
            }
        }
    }
}

extension ElementMove {
    fileprivate var isNotEmpty: Bool { !to.shape.contains(0) }
}

/// Copies elements from one grid to another: as long runs or as transposed blocks, where there are any.
struct GridCopy: Sendable {
    private let axes: AlignedBuffer<ck_axis>
    private let rank: Int
    /// The axis that threads share, its size, and how much of it is worth a thread.
    private let part: Int
    private let size: Int
    private let grain: Int

    /// - Returns: `nil` if the grids have too many dimensions, or memory is short.
    init?(_ move: ElementMove) {
        var axes: [ck_axis] = []
        let order = move.to.shape.indices.filter { move.to.shape[$0] != 1 }
            .sorted { abs(move.to.strides[$0]) > abs(move.to.strides[$1]) }
        // Neighbouring dimensions that are one in both grids become one.
        for dimension in order {
            let next = ck_axis(
                size: move.to.shape[dimension], from: move.from.strides[dimension], to: move.to.strides[dimension])
            if let last = axes.last, last.from == next.size * next.from, last.to == next.size * next.to {
                axes[axes.count - 1] = ck_axis(size: last.size * next.size, from: next.from, to: next.to)
            } else {
                axes.append(next)
            }
        }
        // Neighbours in the operand are the rows of a block whose columns are neighbours in the result.
        if let columns = axes.popLast() {
            if columns.from != 1, let rows = axes.lastIndex(where: { $0.from == 1 }) {
                axes.append(axes.remove(at: rows))
            }
            axes.append(columns)
        }
        while axes.count < 2 { axes.insert(ck_axis(size: 1, from: 0, to: 0), at: 0) }
        guard axes.count <= Int(CK_MOST_AXES), let buffer = try? AlignedBuffer(axes) else { return nil }
        self.axes = buffer
        rank = axes.count
        // The outermost axis that is long enough, so that no two threads write the same line of the cache.
        part = axes.indices.first { axes[$0].size >= 8 } ?? axes.indices.max { axes[$0].size < axes[$1].size } ?? 0
        size = axes[part].size
        grain = rowGrain(Shape.count(axes.map(\.size)) / max(1, size))
    }

    func run(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ workers: Workers) {
        workers.split(size, grain: grain) { range, _ in
            ck_copy_axes_f32(x, axes.pointer, rank, part, range.lowerBound, range.count, y)
        }
    }
}
