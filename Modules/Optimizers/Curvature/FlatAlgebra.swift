import Buffers
import CKernels

/// Vector arithmetic on flat buffers: sums in double, the same bits for any number of threads.
struct FlatAlgebra<Element: Scalar> {
    let workers: Workers

    init(_ workers: Workers) { self.workers = workers }

    func dot(_ x: AlignedBuffer<Element>, _ y: AlignedBuffer<Element>) -> Double {
        Updates.sum(x.count, workers: workers) { at, count in
            Element.self == Float.self
                ? ck_dot_f32((x.pointer + at).as(Float.self), (y.pointer + at).as(Float.self), count)
                : ck_dot_f64((x.pointer + at).as(Double.self), (y.pointer + at).as(Double.self), count)
        }
    }

    func norm(_ x: AlignedBuffer<Element>) -> Double { dot(x, x).squareRoot() }

    /// x ← factor x.
    func scale(_ x: AlignedBuffer<Element>, _ factor: Double) {
        workers.split(x.count, grain: Updates.grain) { range, _ in
            let x = x.pointer + range.lowerBound
            if Element.self == Float.self {
                ck_rescale_f32(x.as(Float.self), range.count, Float(factor))
            } else {
                ck_rescale_f64(x.as(Double.self), range.count, factor)
            }
        }
    }

    /// x ← x + factor y.
    func add(_ x: AlignedBuffer<Element>, _ y: AlignedBuffer<Element>, _ factor: Double) {
        workers.split(x.count, grain: Updates.grain) { range, _ in
            let (x, y) = (x.pointer + range.lowerBound, y.pointer + range.lowerBound)
            if Element.self == Float.self {
                ck_add_scaled_f32(x.as(Float.self), y.as(Float.self), range.count, Float(factor))
            } else {
                ck_add_scaled_f64(x.as(Double.self), y.as(Double.self), range.count, factor)
            }
        }
    }

    /// out = x + factor y.
    func offset(
        _ out: AlignedBuffer<Element>, _ x: AlignedBuffer<Element>, _ y: UnsafeBufferPointer<Element>, _ factor: Double
    ) {
        guard let y = y.baseAddress else { return }
        workers.split(out.count, grain: Updates.grain) { range, _ in
            let at = range.lowerBound
            if Element.self == Float.self {
                ck_offset_f32(
                    (out.pointer + at).as(Float.self), (x.pointer + at).as(Float.self), (y + at).as(Float.self),
                    range.count, Float(factor))
            } else {
                ck_offset_f64(
                    (out.pointer + at).as(Double.self), (x.pointer + at).as(Double.self), (y + at).as(Double.self),
                    range.count, factor)
            }
        }
    }
}
