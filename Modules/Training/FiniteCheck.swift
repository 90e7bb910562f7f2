import Buffers
import CKernels
import Synchronization

extension AlignedBuffer where Element == Float {
    /// Whether every element is a finite number.
    func isFinite(_ workers: Workers) -> Bool {
        let isFinite = Atomic(true)
        workers.split(count, grain: 1 << 16) { range, _ in
            if ck_all_finite_f32(pointer + range.lowerBound, range.count) == 0 {
                isFinite.store(false, ordering: .relaxed)
            }
        }
        return isFinite.load(ordering: .relaxed)
    }
}
