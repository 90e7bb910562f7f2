// Names are those of slipstream.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Accelerators
import CSlipstream
import Optimizers

@c @implementation
public func slip_rna_solve(
    _ gram: UnsafePointer<Double>!, _ order: Int, _ regularization: Double,
    _ coefficients: UnsafeMutablePointer<Double>!, _ condition_number: UnsafeMutablePointer<Double>!
) -> slip_status {
    guarded { () throws(Failure) in
        let (gram, coefficients) = (try require(gram, "gram"), try require(coefficients, "coefficients"))
        let largest = 128
        guard 1...largest ~= order else {
            throw Failure(SLIP_WRONG_COUNT, "the Gram matrix has \(order) rows, but must have 1 to \(largest)")
        }
        for i in 0..<order {
            guard (0...i).allSatisfy({ gram[i * order + $0].isFinite }) else {
                throw Failure(SLIP_NOT_FINITE, "row \(i) of the Gram matrix has an element that is not finite")
            }
            guard gram[i * order + i] >= 0 else {
                throw Failure(
                    SLIP_INVALID_ARGUMENT, "element \(i) of the Gram matrix's diagonal is negative, and no square is")
            }
        }
        let settings: RNA
        do throws(SettingError) {
            settings = try RNA(regularization: regularization)
        } catch {
            throw Failure(error)
        }
        let solution = RNASolution(gram: gram, order: order, settings: settings)
        condition_number?.pointee = solution.conditionNumber
        guard solution.rejection == nil else { return SLIP_REJECTED }
        coefficients.update(from: solution.coefficients, count: order)
        return SLIP_OK
    }
}
