import Buffers
import CKernels

/// How rules go over flat buffers.
enum Updates {
    /// The fewest elements worth a thread of their own; every cut lies on a multiple, so a page has one writer.
    static let grain = 16 << 10

    /// Calls `body` for ranges that together cover the trainable part of θ, at the same time, each within one segment.
    static func forEachSegment(
        of layout: ParameterLayout, workers: Workers, _ body: (_ range: Range<Int>, _ kind: ParameterKind) -> Void
    ) {
        workers.split(layout.trainableCount, grain: grain) { range, _ in
            for segment in layout.segments where segment.kind.isTrainable {
                let part = segment.range.clamped(to: range)
                if !part.isEmpty { body(part, segment.kind) }
            }
        }
    }

    /// Σ x_i², the same bits for any number of threads.
    static func squaredNorm<Element: Scalar>(_ x: UnsafePointer<Element>, count: Int, workers: Workers) -> Double {
        sum(count, workers: workers) { at, count in
            if Element.self == Float.self {
                let x = (x + at).as(Float.self)
                return ck_dot_f32(x, x, count)
            }
            let x = (x + at).as(Double.self)
            return ck_dot_f64(x, x, count)
        }
    }

    /// Σ (x_i − y_i)², the same bits for any number of threads.
    static func squaredDistance<Element: Scalar>(
        _ x: UnsafePointer<Element>, _ y: UnsafePointer<Element>, count: Int, workers: Workers
    ) -> Double {
        sum(count, workers: workers) { at, count in
            Element.self == Float.self
                ? ck_squared_distance_f32((x + at).as(Float.self), (y + at).as(Float.self), count)
                : ck_squared_distance_f64((x + at).as(Double.self), (y + at).as(Double.self), count)
        }
    }

    /// Adds up what `body` gives for each block of ``grain`` elements, block after block: how the blocks are shared out
    /// over threads does not matter.
    static func sum(
        _ count: Int, workers: Workers, _ body: (_ at: Int, _ count: Int) -> Double
    ) -> Double {
        let blocks = (count + grain - 1) / grain
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: max(blocks, 1)) { sums in
            workers.split(blocks) { range, _ in
                for block in range {
                    let at = block * grain
                    sums[block] = body(at, min(grain, count - at))
                }
            }
            var total = 0.0
            for block in 0..<blocks { total += sums[block] }
            return total
        }
    }
}

extension UnsafeMutablePointer where Pointee: Scalar {
    /// The same memory, typed as what `Pointee` is known to be.
    func `as`<Known>(_ type: Known.Type) -> UnsafeMutablePointer<Known> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: type)
    }
}

extension UnsafePointer where Pointee: Scalar {
    /// The same memory, typed as what `Pointee` is known to be.
    func `as`<Known>(_ type: Known.Type) -> UnsafePointer<Known> {
        UnsafeRawPointer(self).assumingMemoryBound(to: type)
    }
}
