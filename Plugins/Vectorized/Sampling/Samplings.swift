import Buffers
import CKernels
import Graphs
import Tensors

extension VectorizedBackend {
    /// Padding, and resizing of images, with their gradients.
    func sampling(_ request: KernelRequest) -> Kernel? {
        // Tables of absurd sizes would be built before memory is asked for.
        guard let x = request.inputs[0], request.outputs[0].type.kind == .real,
            (x.shape + request.outputs[0].shape).allSatisfy({ $0 <= 1 << 20 })
        else { return nil }
        switch request.operation {
        case let operation as any SamplingOperator:
            let tables = x.shape.indices.map { TapTable(operation.sources($0, of: x.shape)) }
            let name = "vectorized.\(type(of: operation).name.lowercased())"
            return sampling(name, request, tables, fill: operation.fillInput, number: operation.fillNumber)
        case let operation as SamplingGradient:
            let tables = operation.shape.indices.map { axis in
                TapTable(operation.sampling.sources(axis, of: operation.shape)).transposed(operation.shape[axis])
            }
            let name = "vectorized.\(type(of: operation.sampling).name.lowercased())_gradient"
            return sampling(name, request, tables, fill: nil, number: 0)
        default: return nil
        }
    }

    private func sampling(_ name: String, _ request: KernelRequest, _ tables: [TapTable], fill: Int?, number: Double)
        -> Kernel?
    {
        moves(name, request, tables, fill: fill, number: number)
            ?? resampling(name, request, tables, fill: fill, number: number)
    }

    /// One block of the operand that goes to the result as it is: constant padding.
    private func moves(_ name: String, _ request: KernelRequest, _ tables: [TapTable], fill: Int?, number: Double)
        -> Kernel?
    {
        let blocks = tables.compactMap(\.block)
        guard let x = request.inputs[0], blocks.count == tables.count else { return nil }
        let y = request.outputs[0]
        func grid(_ type: PhysicalType, _ starts: [Int]) -> ElementGrid {
            ElementGrid(
                offset: zip(starts, type.strides).reduce(0) { $0 + $1.0 * $1.1 }, shape: blocks.map(\.count),
                strides: type.strides)
        }
        let move = ElementMove(grid(x, blocks.map(\.source)), to: grid(y, blocks.map(\.place)))
        let isEmpty = blocks.contains { $0.count == 0 }
        let copy = isEmpty ? nil : GridCopy(move)
        guard isEmpty || copy != nil else { return nil }
        let size = move.to.shape == y.shape ? 0 : y.count
        return Kernel(name: name) { call in
            let y = call.output(0, as: Float.self)
            var value = fill.flatMap { call.optionalInput($0, as: Float.self)?.pointee } ?? Float(number)
            call.workers.split(size, grain: 4 * elementGrain) { range, _ in
                ck_fill_rows_f32(y + range.lowerBound, 1, range.count, 0, &value, 0, 0, 1)
            }
            copy?.run(
                UnsafePointer(call.input(0, as: Float.self) + move.from.offset), y + move.to.offset, call.workers)
        }
    }

    /// Rows and columns of images.
    private func resampling(_ name: String, _ request: KernelRequest, _ tables: [TapTable], fill: Int?, number: Double)
        -> Kernel?
    {
        guard let x = request.inputs[0], x.shape.count == 4, tables[0].isIdentity, tables[1].isIdentity,
            let rows = tables[2].buffers, let columns = tables[3].buffers
        else { return nil }
        let y = request.outputs[0]
        let isChannelsLast = x.isChannelsLast && y.isChannelsLast
        guard isChannelsLast || (x.isRowMajor && y.isRowMajor) else { return nil }
        let channels = isChannelsLast ? x.shape[1] : 1
        let images = isChannelsLast ? x.shape[0] : x.shape[0] * x.shape[1]
        let (height, width) = (x.shape[2], x.shape[3])
        let lines = images * y.shape[2]
        let grain = rowGrain(4 * y.shape[3] * channels)
        return Kernel(name: name) { call in
            let x = UnsafePointer(call.input(0, as: Float.self))
            let y = call.output(0, as: Float.self)
            let value = fill.flatMap { call.optionalInput($0, as: Float.self)?.pointee } ?? Float(number)
            rows.withTaps { rows in
                columns.withTaps { columns in
                    call.workers.split(lines, grain: grain) { range, _ in
                        ck_resample_f32(
                            x, height, width, channels, rows, columns, range.lowerBound, range.count, value, y)
                    }
                }
            }
        }
    }
}

/// Where the elements along one dimension of a result come from.
private struct TapTable {
    let taps: [[(index: Int, weight: Double)]]

    init(_ taps: [[(index: Int, weight: Double)]]) { self.taps = taps }

    /// Where the gradients of the elements of a dimension of `size` come from.
    func transposed(_ size: Int) -> TapTable {
        var result = [[(index: Int, weight: Double)]](repeating: [], count: size)
        for (place, list) in taps.enumerated() {
            for tap in list { result[tap.index].append((place, tap.weight)) }
        }
        return TapTable(result)
    }

    /// Whether every element is the one at the same index.
    var isIdentity: Bool {
        taps.indices.allSatisfy { taps[$0].count == 1 && taps[$0][0].index == $0 && taps[$0][0].weight == 1 }
    }

    /// The one range of neighbours that go to a range of neighbours, if there is nothing else.
    var block: (source: Int, place: Int, count: Int)? {
        guard let first = taps.firstIndex(where: { !$0.isEmpty }),
            let last = taps.lastIndex(where: { !$0.isEmpty })
        else { return (0, 0, 0) }
        let source = taps[first][0].index
        let isBlock = (first...last).allSatisfy { place in
            taps[place].count == 1 && taps[place][0].index == source + place - first && taps[place][0].weight == 1
        }
        return isBlock ? (source, first, last - first + 1) : nil
    }

    /// The table as CKernels read it; `nil` if memory is short.
    var buffers: TapBuffers? {
        var starts: [Int32] = [0]
        var (indices, weights): ([Int32], [Float]) = ([], [])
        for list in taps {
            for tap in list {
                indices.append(Int32(tap.index))
                weights.append(Float(tap.weight))
            }
            starts.append(Int32(indices.count))
        }
        guard let starts = try? AlignedBuffer(starts), let indices = try? AlignedBuffer(indices),
            let weights = try? AlignedBuffer(weights)
        else { return nil }
        return TapBuffers(starts: starts, indices: indices, weights: weights, size: taps.count)
    }
}

/// A ``TapTable`` in memory that C loops read.
private struct TapBuffers: Sendable {
    let starts: AlignedBuffer<Int32>
    let indices: AlignedBuffer<Int32>
    let weights: AlignedBuffer<Float>
    let size: Int

    func withTaps(_ body: (UnsafePointer<ck_taps>) -> Void) {
        var taps = ck_taps(
            starts: starts.pointer, indices: indices.pointer, weights: weights.pointer, size: size)
        withUnsafePointer(to: &taps, body)
    }
}
