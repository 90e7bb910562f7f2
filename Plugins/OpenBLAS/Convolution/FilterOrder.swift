import Buffers
import CKernels
import Tensors

/// Brings filters from θ's order, channels x taps, into the order of gathered pixels, taps x channels.
struct FilterOrder: Sendable {
    /// The taps that are taken, in order.
    private let taps: AlignedBuffer<Int32>
    /// Whether both orders are the same.
    let isIdentity: Bool

    /// Takes the given taps of a filter of `area` taps.
    init?(_ taps: [Int], area: Int) {
        guard area <= Int(Int32.max), let buffer = try? AlignedBuffer(taps.map { Int32($0) }) else { return nil }
        self.taps = buffer
        isIdentity = area == 1 && taps == [0]
    }

    /// Takes all taps.
    init?(all area: Int) { self.init(Array(0..<area), area: area) }

    /// O x C x taps to O x taps x C.
    func filtersFirst(
        _ weights: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, shape: ConvolutionShape,
        workers: Workers
    ) {
        let (channels, area, count) = (shape.channels, shape.area, taps.count)
        workers.split(shape.groups * shape.outputs, grain: Self.grain(channels * area)) { filters, _ in
            for filter in filters {
                ck_order_filter_f32(
                    weights + filter * channels * area, channels, area, taps.pointer, count,
                    target + filter * channels * count, channels)
            }
        }
    }

    /// O x C x taps to taps x O x C, group by group.
    func tapsFirst(
        _ weights: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, shape: ConvolutionShape,
        workers: Workers
    ) {
        let (channels, outputs, area, count) = (shape.channels, shape.outputs, shape.area, taps.count)
        workers.split(shape.groups * outputs, grain: Self.grain(channels * area)) { filters, _ in
            for filter in filters {
                let (group, output) = filter.quotientAndRemainder(dividingBy: outputs)
                ck_order_filter_f32(
                    weights + filter * channels * area, channels, area, taps.pointer, count,
                    target + (group * count * outputs + output) * channels, outputs * channels)
            }
        }
    }

    /// So many filters of a size are worth a thread of their own.
    static func grain(_ size: Int) -> Int { max(1, 16384 / max(1, size)) }
}
