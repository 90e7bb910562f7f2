import Buffers
import CKernels
import Glibc
import Testing

@Suite struct ElementwiseLoopTests {
    /// Numbers of every magnitude, and the special ones.
    static let numbers: [Float] = {
        // One list at a time: as one sum, compilers before 6.3 give up on its types.
        var numbers = (-4000...4000).map { Float($0) / 37 }
        numbers += (0..<400).map { Float(sign: .plus, exponent: $0 % 250 - 126, significand: 1.37) }
        numbers += (0..<250).map { Float(sign: .minus, exponent: $0 - 126, significand: 1.71) }
        numbers += [0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
        return numbers
    }()

    /// The largest distance from what double precision gives, in units of the last place.
    static func worst(
        _ loop: (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void, _ exact: (Double) -> Double
    ) -> (units: Double, at: Float) {
        var results = [Float](repeating: 0, count: numbers.count)
        loop(numbers, &results, numbers.count)
        var worst = (units: 0.0, at: Float(0))
        for (x, result) in zip(numbers, results) {
            let expected = exact(Double(x))
            let rounded = Float(expected)
            if rounded == result || (rounded.isNaN && result.isNaN) { continue }
            let distance = abs(Double(result) - expected) / Double(rounded.isFinite ? rounded.ulp : 1)
            if !(distance <= worst.units) { worst = (distance, x) }
        }
        return worst
    }

    @Test func exponentialsAreRightToTheLastPlaces() {
        let exponential = Self.worst(ck_exp_f32) { exp($0) }
        #expect(exponential.units <= 1, "at \(exponential.at)")
        let tangent = Self.worst(ck_tanh_f32) { tanh($0) }
        #expect(tangent.units <= 3, "at \(tangent.at)")
        // Where e^-x overflows, the result is 0 instead of a number under 3e-39.
        let sigmoid = Self.worst(ck_sigmoid_f32) {
            exp(-$0) > Double(Float.greatestFiniteMagnitude) ? 0 : 1 / (1 + exp(-$0))
        }
        #expect(sigmoid.units <= 3, "at \(sigmoid.at)")
    }

    @Test func reluKeepsNaN() {
        let x: [Float] = [-1, 0, 2, .nan, -.infinity, .infinity]
        var y = [Float](repeating: 9, count: 6)
        ck_relu_f32(x, &y, 6)
        #expect(y[0] == 0 && y[1] == 0 && y[2] == 2 && y[3].isNaN && y[4] == 0 && y[5] == .infinity)
        ck_clip_f32(x, -0.5, 1, &y, 6)
        #expect(y[0] == -0.5 && y[2] == 1 && y[3].isNaN && y[4] == -0.5 && y[5] == 1)
        ck_finish_rows_f32(&y, 2, 3, 3, [10, 20, -30], 1)
        #expect(y[0] == 9.5 && y[2] == 0 && y[3].isNaN && y[5] == 0)
    }

    /// Each operation with either operand stretched along rows or along a row, in place and not.
    @Test(arguments: [1, 3, 16, 67]) func operandsAreStretched(length: Int) {
        let rows = 5
        let operations: [(ck_operator, (Float, Float) -> Float)] = [
            (CK_ADD, { $0 + $1 }), (CK_SUBTRACT, { $0 - $1 }), (CK_MULTIPLY, { $0 * $1 }), (CK_DIVIDE, { $0 / $1 }),
        ]
        let full = (0..<rows * length).map { Float($0 % 13) - 6.5 }
        let steps: [(row: Int, step: Int)] = [(length, 1), (0, 1), (1, 0), (0, 0)]
        for (operation, combine) in operations {
            for (row, step) in steps {
                let small = (0..<(rows - 1) * row + (length - 1) * step + 1).map { Float($0 % 7) + 0.5 }
                for relu in [false, true] {
                    var (plain, swapped) = (full, full)
                    ck_combine_f32(operation, relu ? 1 : 0, rows, length, full, length, 1, small, row, step, &plain)
                    ck_combine_f32(operation, relu ? 1 : 0, rows, length, small, row, step, full, length, 1, &swapped)
                    for r in 0..<rows {
                        for i in 0..<length {
                            let (a, b) = (full[r * length + i], small[r * row + i * step])
                            let (forward, backward) = (combine(a, b), combine(b, a))
                            #expect(plain[r * length + i] == (relu ? max(forward, 0) : forward))
                            #expect(swapped[r * length + i] == (relu ? max(backward, 0) : backward))
                        }
                    }
                }
            }
        }
    }

    @Test func matricesAreFilledFromRowsColumnsAndNumbers() {
        let source = (0..<40).map { Float($0) }
        for (rowStep, columnStep) in [(7, 1), (0, 1), (1, 0), (0, 0)] {
            var y = [Float](repeating: -1, count: 4 * 9)
            ck_fill_rows_f32(&y, 4, 7, 9, source, rowStep, columnStep, 0.5)
            for r in 0..<4 {
                for c in 0..<9 {
                    let expected = c < 7 ? 0.5 * source[r * rowStep + c * columnStep] : -1
                    #expect(y[r * 9 + c] == expected)
                }
            }
        }
    }
}
