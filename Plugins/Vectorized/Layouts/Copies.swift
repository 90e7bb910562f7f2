import Buffers
import CKernels
import Graphs
import Tensors

#if canImport(Glibc)
    import Glibc
#endif

extension VectorizedBackend {
    /// Copies in the same order, and between row-major and channels-last order.
    func copy(_ request: KernelRequest) -> Kernel? {
        switch request.operation {
        case is Copy, is Identity,
            is Dropout where request.outputs.count == 1:
            if request.elementCount != nil { return plainCopy(request) }
            return conversion(request)
        case is Flatten, is Reshape, is Squeeze, is Unsqueeze:
            guard let x = request.inputs[0], x.layout == .rowMajor, request.outputs[0].layout == .rowMajor else {
                return nil
            }
            return plainCopy(request)
        default: return nil
        }
    }

    private func plainCopy(_ request: KernelRequest) -> Kernel {
        let count = request.outputs[0].count
        return Kernel(name: "vectorized.copy") { call in
            let (x, y) = (call.input(0, as: Float.self), call.output(0, as: Float.self))
            call.workers.split(count, grain: 4 * elementGrain) { range, _ in
                memcpy(y + range.lowerBound, x + range.lowerBound, range.count * MemoryLayout<Float>.stride)
            }
        }
    }

    private func conversion(_ request: KernelRequest) -> Kernel? {
        guard let x = request.inputs[0], x.shape.count == 4, x.layout != request.outputs[0].layout else { return nil }
        let (images, channels, pixels) = (x.shape[0], x.shape[1], x.shape[2] * x.shape[3])
        let toChannelsLast = request.outputs[0].layout == .channelsLast
        let transposition = Transposition(images: images, channels: channels, pixels: pixels)
        return Kernel(name: toChannelsLast ? "vectorized.to_channels_last" : "vectorized.to_row_major") { call in
            transposition.run(
                UnsafePointer(call.input(0, as: Float.self)), toChannelsLast: toChannelsLast,
                call.output(0, as: Float.self), call.workers)
        }
    }
}

/// Moves images between the two orders: each is a matrix of channels x pixels or its transpose.
struct Transposition: Sendable {
    let images: Int
    let channels: Int
    let pixels: Int

    func run(
        _ x: UnsafePointer<Float>, toChannelsLast: Bool, _ y: UnsafeMutablePointer<Float>, _ workers: Workers
    ) {
        // Units of sixteen pixels: large images are shared out, too.
        let units = (pixels + 15) / 16
        workers.split(images * units, grain: rowGrain(16 * channels)) { range, _ in
            var unit = range.lowerBound
            while unit < range.upperBound {
                let (image, part) = unit.quotientAndRemainder(dividingBy: units)
                let end = min(range.upperBound, (image + 1) * units)
                let first = 16 * part
                let count = min(pixels, 16 * (part + end - unit)) - first
                let start = image * channels * pixels
                if toChannelsLast {
                    ck_transpose_f32(
                        x + start + first, channels, count, pixels, y + start + first * channels, channels)
                } else {
                    ck_transpose_f32(
                        x + start + first * channels, count, channels, channels, y + start + first, pixels)
                }
                unit = end
            }
        }
    }
}
