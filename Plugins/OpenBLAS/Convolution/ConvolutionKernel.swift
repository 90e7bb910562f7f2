import Buffers
import CKernels
import Graphs
import MatrixProducts
import Tensors

extension OpenBLASBackend {
    /// y = activation(gather(x) · Wᵀ + b).
    func convolution(_ operation: Convolution, _ request: KernelRequest) -> Kernel? {
        guard let x = request.inputs[0], let w = request.inputs[1], x.isChannelsLast, w.isRowMajor,
            request.outputs[0].isChannelsLast,
            let shape = ConvolutionShape(window: operation.window, groups: operation.groups, x: x.shape, w: w.shape),
            let product = GatheredProduct(
                places: shape.places, batch: shape.batch, taps: shape.taps, groups: shape.groups,
                depth: shape.channels, width: shape.outputs, weightsTransposed: true, workers: request.workers),
            let order = FilterOrder(all: shape.area)
        else { return nil }
        let channels = shape.groups * shape.outputs
        let relu: Int32 = operation.activation == .relu ? 1 : 0
        let ordered = order.isIdentity ? 0 : Partition.padded(shape.weightCount)
        let partition = product.partition

        return Kernel(
            name: "openblas.convolution",
            scratchBytes: (ordered + partition.count * product.tileCount) * MemoryLayout<Float>.stride
        ) { call in
            let image = UnsafePointer(call.input(0, as: Float.self))
            let bias = call.optionalInput(2, as: Float.self)
            let y = call.output(0, as: Float.self)
            let scratch = call.scratch.assumingMemoryBound(to: Float.self)
            var weights = UnsafePointer(call.input(1, as: Float.self))
            if ordered > 0 {
                order.filtersFirst(weights, into: scratch, shape: shape, workers: call.workers)
                weights = UnsafePointer(scratch)
            }
            call.workers.split(partition.count) { parts, _ in
                for part in parts {
                    let columns = partition.columns(of: part)
                    product.run(
                        rows: partition.rows(of: part), columns: columns, image: image, weights: weights,
                        tile: scratch + ordered + part * product.tileCount,
                        destination: { (y + $0 * channels + columns.lowerBound, channels) },
                        finish: { places, target in
                            ck_finish_rows_f32(
                                target, places.count, columns.count, channels, bias.map { $0 + columns.lowerBound },
                                relu)
                        })
                }
            }
        }
    }
}
