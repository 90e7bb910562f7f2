import Buffers
import CSlipstream
import Optimizers

extension OptimizerHandle {
    func freezeZeros<P: Piece<Element>>(
        _ array: UnsafePointer<P>?, _ number: Int, _ frozen: UnsafeMutablePointer<UInt64>?
    ) throws(Failure) -> slip_status {
        let weights = try Pieces(array, number, "weights", expected: layout.count, of: layout.trainable)
        guard !isDisplaced else {
            throw Failure(SLIP_WRONG_STATE, "the weights are displaced; zeros can be frozen after the step")
        }
        let mask = if let mask { mask } else { try makeMask() }
        // The caller's weights are not written: those that a mask makes zero are made so at the next step.
        mask.freeze(try weightsScratch.copy(weights, workers: workers), workers: workers)
        self.mask = mask
        frozen?.pointee = UInt64(mask.frozenCount)
        return SLIP_OK
    }

    func makeMask() throws(Failure) -> ZeroMask<Element> {
        do { return try ZeroMask(layout: parameterLayout) } catch { throw Failure(error) }
    }

    func countZeros<P: Piece<Element>>(
        _ array: UnsafePointer<P>?, _ number: Int, _ zeros: UnsafeMutablePointer<UInt64>?,
        _ regularized: UnsafeMutablePointer<UInt64>?
    ) throws(Failure) -> slip_status {
        let zeros = try require(zeros, "zeros")
        let regularized = try require(regularized, "regularized")
        let weights = try Pieces(array, number, "weights", expected: layout.count, of: layout.regularized)
        zeros.pointee = UInt64(Scratch.zeros(in: weights))
        regularized.pointee = UInt64(weights.count)
        return SLIP_OK
    }
}
