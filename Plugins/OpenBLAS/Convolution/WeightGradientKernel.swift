import Buffers
import CKernels
import COpenBLAS
import Graphs
import MatrixProducts
import Tensors

extension OpenBLASBackend {
    /// dW = dyᵀ · gather(x): each part sums over its own places, then the parts are added up in order.
    func weightGradient(_ operation: ConvolutionWeightGradient, _ request: KernelRequest) -> Kernel? {
        guard let dy = request.inputs[0], let x = request.inputs[1], dy.isChannelsLast, x.isChannelsLast,
            request.outputs[0].isRowMajor,
            let shape = ConvolutionShape(
                window: operation.window, groups: operation.groups, x: x.shape, w: operation.shape),
            let sum = PlaceSum(shape, workers: request.workers)
        else { return nil }
        let partition = sum.partition
        let (area, channels, filters) = (shape.area, shape.channels, shape.groups * shape.outputs)
        let partial = Partition.padded(shape.weightCount)

        return Kernel(
            name: "openblas.convolution_weight_gradient",
            scratchBytes: (partition.rowParts * partial + partition.count * sum.tileCount)
                * MemoryLayout<Float>.stride
        ) { call in
            let gradient = UnsafePointer(call.input(0, as: Float.self))
            let image = UnsafePointer(call.input(1, as: Float.self))
            let dw = call.output(0, as: Float.self)
            let scratch = call.scratch.assumingMemoryBound(to: Float.self)
            call.workers.split(partition.count) { parts, _ in
                for part in parts {
                    sum.run(
                        rows: partition.rows(of: part), columns: partition.columns(of: part), gradient: gradient,
                        image: image, tile: scratch + partition.rowParts * partial + part * sum.tileCount,
                        target: scratch + part % partition.rowParts * partial)
                }
            }
            call.workers.split(filters, grain: FilterOrder.grain(channels * area)) { range, _ in
                for filter in range {
                    ck_sum_filters_f32(
                        scratch + filter * channels * area, partition.rowParts, partial, channels, area,
                        dw + filter * channels * area)
                }
            }
        }
    }
}

/// The sum over places of dy's channels times the gathered pixels: O x taps x C, group by group.
private struct PlaceSum: Sendable {
    let shape: ConvolutionShape
    let places: ck_places
    let taps: AlignedBuffer<Int32>
    let isDirect: Bool
    let tileRows: Int
    let tapsPerTile: Int
    let partition: Partition

    init?(_ shape: ConvolutionShape, workers: Workers) {
        let places = shape.places
        let (filters, depth) = (shape.groups * shape.outputs, shape.channels)
        guard [places.channels, filters, shape.area * depth].allSatisfy({ $0 < Int(Int32.max) }),
            let taps = ConvolutionShape.offsets(shape.taps)
        else { return nil }
        self.shape = shape
        self.places = places
        self.taps = taps
        isDirect =
            shape.area == 1 && shape.taps[0] == (0, 0) && places.row_step == 1 && places.column_step == 1
            && places.rows == places.height && places.columns == places.width
        // OpenBLAS sums in blocks of some 300 rows, so a tile has at least as many.
        tapsPerTile = max(1, min(shape.area, GatheredProduct.tileBudget / (320 * depth)))
        tileRows = max(320, min(GatheredProduct.tileBudget / (tapsPerTile * depth), 1280)) / 16 * 16
        partition = Partition(
            rows: shape.batch * places.rows * places.columns, columns: filters, multiplyAddsEach: shape.area * depth,
            leastRows: 256, workers: workers)
    }

    /// The floats of scratch memory that a part needs for its tile.
    var tileCount: Int { isDirect ? 0 : Partition.padded(tileRows * tapsPerTile * shape.channels) }

    /// Sums over some places, for some of dy's channels.
    func run(
        rows: Range<Int>, columns: Range<Int>, gradient: UnsafePointer<Float>, image: UnsafePointer<Float>,
        tile: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
    ) {
        var row = rows.lowerBound
        while row < rows.upperBound {
            let count = min(tileRows, rows.upperBound - row)
            var column = columns.lowerBound
            while column < columns.upperBound {
                let group = column / shape.outputs
                let end = min(columns.upperBound, (group + 1) * shape.outputs)
                multiply(
                    group: group, columns: column..<end, row: row, count: count, adds: row > rows.lowerBound,
                    gradient: gradient, image: image, tile: tile, target: target)
                column = end
            }
            row += count
        }
    }

    private func multiply(
        group: Int, columns: Range<Int>, row: Int, count: Int, adds: Bool, gradient: UnsafePointer<Float>,
        image: UnsafePointer<Float>, tile: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
    ) {
        let (filters, depth) = (shape.groups * shape.outputs, shape.channels)
        let length = shape.area * depth
        var tap = 0
        while tap < shape.area {
            let taps = min(tapsPerTile, shape.area - tap)
            var (matrix, stride) = (image + row * places.channels + group * depth, places.channels)
            if !isDirect {
                withUnsafePointer(to: places) { places in
                    ck_gather_f32(
                        image + group * depth, places, row, count, self.taps.pointer + 2 * tap, taps, depth, tile,
                        taps * depth)
                }
                (matrix, stride) = (UnsafePointer(tile), taps * depth)
            }
            cblas_sgemm(
                CblasRowMajor, CblasTrans, CblasNoTrans, Int32(columns.count), Int32(taps * depth), Int32(count), 1,
                gradient + row * filters + columns.lowerBound, Int32(filters), matrix, Int32(stride), adds ? 1 : 0,
                target + columns.lowerBound * length + tap * depth, Int32(length))
            tap += taps
        }
    }
}
