import Buffers
import CKernels
import Graphs
import MatrixProducts
import Tensors

/// The pixels of dx whose row and column have the same remainders modulo the strides: the same taps reach all of them.
///
/// With stride s, pixel h of x meets tap k in place o where o·s + k·d − top = h. So the pixels of one remainder class,
/// h = start + s·i, are themselves a convolution of dy, with stride 1, with the taps k for which (h + top − k·d) divides
/// by s; tap k reads place i + (start + top − k·d) / s. Each class is computed pixel by pixel: nothing is scattered
/// onto pixels that another worker adds to.
private struct PixelClass: Sendable {
    let row: Int
    let column: Int
    let product: GatheredProduct
    let order: FilterOrder
    /// Where its ordered weights lie in scratch memory.
    var weights = 0

    /// One axis of a class: first pixel, number of pixels, and the taps with their offsets.
    private struct Axis {
        let start: Int
        let count: Int
        let taps: [(index: Int, offset: Int)]

        init?(_ placed: PlacedWindow, axis: Int, remainder: Int) {
            let (stride, dilation) = (placed.window.strides[axis], placed.window.dilations[axis])
            let before = axis == 0 ? placed.top : placed.left
            start = remainder
            guard placed.input[axis] > start else { return nil }
            count = (placed.input[axis] - start + stride - 1) / stride
            taps = (0..<placed.window.kernel[axis]).compactMap { tap in
                let distance = remainder + before - tap * dilation
                return distance % stride == 0 ? (tap, distance / stride) : nil
            }
        }
    }

    /// The class of a pair of remainders; `nil` if no pixel belongs to it or a size is beyond OpenBLAS's.
    init?(_ shape: ConvolutionShape, rowRemainder: Int, columnRemainder: Int, workers: Workers) {
        let placed = shape.placed
        guard let rows = Axis(placed, axis: 0, remainder: rowRemainder),
            let columns = Axis(placed, axis: 1, remainder: columnRemainder)
        else { return nil }
        (row, column) = (rows.start, columns.start)
        let places = ck_places(
            height: placed.output[0], width: placed.output[1], channels: shape.groups * shape.outputs,
            rows: rows.count, columns: columns.count, row_step: 1, column_step: 1)
        let taps = rows.taps.flatMap { row in columns.taps.map { (row: row.offset, column: $0.offset) } }
        let indices = rows.taps.flatMap { row in
            columns.taps.map { row.index * placed.window.kernel[1] + $0.index }
        }
        guard
            let product = GatheredProduct(
                places: places, batch: shape.batch, taps: taps, groups: shape.groups, depth: shape.outputs,
                width: shape.channels, weightsTransposed: false, workers: workers),
            let order = FilterOrder(indices, area: shape.area)
        else { return nil }
        (self.product, self.order) = (product, order)
    }
}

extension OpenBLASBackend {
    /// dx, class by class: gather(dy) · W.
    func dataGradient(_ operation: ConvolutionDataGradient, _ request: KernelRequest) -> Kernel? {
        guard let dy = request.inputs[0], let w = request.inputs[1], dy.isChannelsLast, w.isRowMajor,
            request.outputs[0].isChannelsLast,
            let shape = ConvolutionShape(
                window: operation.window, groups: operation.groups, x: operation.shape, w: w.shape)
        else { return nil }
        let strides = shape.placed.window.strides
        // Each class is a product of its own; more of them would be too small to pay.
        guard strides[0] * strides[1] <= 1024 else { return nil }
        var classes: [PixelClass] = []
        var ordered = 0
        for row in 0..<min(strides[0], shape.placed.input[0]) {
            for column in 0..<min(strides[1], shape.placed.input[1]) {
                guard
                    var pixels = PixelClass(
                        shape, rowRemainder: row, columnRemainder: column, workers: request.workers)
                else { return nil }
                pixels.weights = ordered
                let count = pixels.product.tapCount * shape.groups * shape.outputs * shape.channels
                ordered += pixels.order.isIdentity ? 0 : Partition.padded(count)
                classes.append(pixels)
            }
        }
        let fixed = classes
        let channels = shape.groups * shape.channels
        let isWhole = classes.count == 1 && strides == [1, 1]
        let tileCount = classes.map(\.product.tileCount).max() ?? 0
        let resultCount =
            isWhole ? 0 : classes.map { Partition.padded($0.product.tileRows * channels) }.max() ?? 0
        let parts = classes.map(\.product.partition.count).max() ?? 1
        let target = ck_places(
            height: shape.placed.input[0], width: shape.placed.input[1], channels: channels, rows: 0, columns: 0,
            row_step: strides[0], column_step: strides[1])
        let orderedCount = ordered

        return Kernel(
            name: "openblas.convolution_data_gradient",
            scratchBytes: (ordered + parts * (tileCount + resultCount)) * MemoryLayout<Float>.stride
        ) { call in
            let image = UnsafePointer(call.input(0, as: Float.self))
            let weights = UnsafePointer(call.input(1, as: Float.self))
            let dx = call.output(0, as: Float.self)
            let scratch = call.scratch.assumingMemoryBound(to: Float.self)
            for pixels in fixed where !pixels.order.isIdentity {
                pixels.order.tapsFirst(weights, into: scratch + pixels.weights, shape: shape, workers: call.workers)
            }
            call.workers.split(parts) { range, _ in
                for part in range {
                    let tile = scratch + orderedCount + part * (tileCount + resultCount)
                    for pixels in fixed where part < pixels.product.partition.count {
                        let partition = pixels.product.partition
                        let columns = partition.columns(of: part)
                        var places = target
                        (places.rows, places.columns) = (pixels.product.places.rows, pixels.product.places.columns)
                        pixels.product.run(
                            rows: partition.rows(of: part), columns: columns, image: image,
                            weights: pixels.order.isIdentity ? weights : UnsafePointer(scratch + pixels.weights),
                            tile: tile,
                            destination: { place in
                                isWhole
                                    ? (dx + place * channels + columns.lowerBound, channels)
                                    : (tile + tileCount, columns.count)
                            },
                            finish: { range, result in
                                if isWhole { return }
                                ck_scatter_f32(
                                    result, &places, range.lowerBound, range.count, pixels.row, pixels.column,
                                    columns.count, dx + columns.lowerBound, columns.count)
                            })
                    }
                }
            }
        }
    }
}
