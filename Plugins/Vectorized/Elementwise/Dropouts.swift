import Buffers
import CKernels
import Graphs
import Tensors

extension VectorizedBackend {
    /// Dropout in training: the mask follows from row-major indices, whatever the physical order is.
    func dropout(_ request: KernelRequest) -> Kernel? {
        guard let operation = request.operation as? DropoutTraining, !operation.givesMask,
            let count = request.elementCount
        else { return nil }
        let type = request.outputs[0]
        let isRowMajor = type.isOrdered(like: PhysicalType(type.type, layout: .rowMajor))
        guard isRowMajor || type.layout == .channelsLast else { return nil }
        let transposition =
            isRowMajor
            ? nil
            : Transposition(
                images: type.shape[0], channels: type.shape[1], pixels: type.shape[2] * type.shape[3])
        let factor = Float(1 / (1 - operation.ratio))
        // word / 2^32 >= ratio, in integers: the product is exact.
        let threshold = UInt64((operation.ratio * 0x1p32).rounded(.up))
        return Kernel(
            name: "vectorized.dropout", scratchBytes: isRowMajor ? 0 : count * MemoryLayout<Float>.stride
        ) { call in
            let x = UnsafePointer(call.input(0, as: Float.self))
            let (y, mask) = (call.output(0, as: Float.self), call.output(1, as: Float.self))
            let generator = operation.generator(for: call.invocation)
            let drawn = isRowMajor ? mask : call.scratch.assumingMemoryBound(to: Float.self)
            call.workers.split(count, grain: elementGrain / 4) { range, _ in
                ck_dropout_mask_f32(
                    generator.seed, generator.stream, UInt64(range.lowerBound), threshold, factor,
                    drawn + range.lowerBound, range.count)
            }
            transposition?.run(UnsafePointer(drawn), toChannelsLast: true, mask, call.workers)
            call.workers.split(count, grain: elementGrain) { range, _ in
                let start = range.lowerBound
                ck_combine_f32(CK_MULTIPLY, 0, 1, range.count, x + start, 0, 1, mask + start, 0, 1, y + start)
            }
        }
    }
}
