import Buffers
import CKernels
import Glibc
import Testing

@Suite struct StatisticLoopTests {
    /// Widths that are whole strips, parts of strips and less than a vector; rows that end within a block.
    @Test(arguments: [1, 3, 16, 48, 64, 100, 133])
    func momentsDoNotCancelFarFromZero(channels: Int) {
        let rows = 777
        var random = Philox(seed: 1)
        // A mean of 1000 standard deviations.
        let x = (0..<rows * channels).map { _ in Float(1000 + random.normal()) }
        var (mean, squares) = ([Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels))
        ck_moments_f32(x, rows, channels, &mean, &squares)
        for c in 0..<channels {
            let column = (0..<rows).map { Double(x[$0 * channels + c]) }
            let exact = column.reduce(0, +) / Double(rows)
            let variance = column.reduce(0) { $0 + ($1 - exact) * ($1 - exact) }
            #expect(abs(mean[c] - exact) < 1e-6)
            #expect(abs(squares[c] / variance - 1) < 1e-6)
        }
    }

    @Test func mergedMomentsAreThoseOfAllRows() {
        let channels = 21
        var random = Philox(seed: 2)
        let x = (0..<500 * channels).map { _ in Float(random.normal()) }
        func moments(_ rows: Range<Int>) -> ([Double], [Double]) {
            var (mean, squares) = ([Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels))
            x.withUnsafeBufferPointer {
                ck_moments_f32($0.baseAddress! + rows.lowerBound * channels, rows.count, channels, &mean, &squares)
            }
            return (mean, squares)
        }
        let whole = moments(0..<500)
        var (mean, squares) = moments(0..<130)
        let other = moments(130..<500)
        ck_merge_moments(&mean, &squares, 130, other.0, other.1, 370, channels)
        ck_merge_moments(&mean, &squares, 500, other.0, other.1, 0, channels)
        for c in 0..<channels {
            #expect(abs(mean[c] - whole.0[c]) < 1e-7)
            #expect(abs(squares[c] / whole.1[c] - 1) < 1e-6)
        }
    }

    @Test(arguments: [1, 2, 17, 64, 99]) func channelsAreSummed(channels: Int) {
        let x = (0..<1003 * channels).map { Float(($0 * 31) % 101) }
        var sums = [Double](repeating: -1, count: channels)
        ck_channel_sums_f32(x, 1003, channels, &sums)
        for c in 0..<channels {
            // Small integers: every partial sum is exact.
            #expect(sums[c] == (0..<1003).reduce(0.0) { $0 + Double(x[$1 * channels + c]) })
        }
    }

    @Test(arguments: [1, 5, 16, 100]) func softmaxAddsUpToOneWhateverTheScale(length: Int) {
        var random = Philox(seed: 3)
        let x = (0..<7 * length).map { _ in Float(300 * random.normal()) }
        var (y, logarithms) = (x, x)
        ck_softmax_f32(x, 7, length, &y)
        ck_log_softmax_f32(x, 7, length, &logarithms)
        for row in 0..<7 {
            let range = row * length..<(row + 1) * length
            #expect(abs(y[range].reduce(0, +) - 1) < 1e-5)
            for index in range { #expect(abs(exp(logarithms[index]) - y[index]) < 1e-5) }
        }
    }

    @Test func aLabelOutsideTheClassesCostsInfinitely() {
        let x: [Float] = [1, 2, 3, 1, 2, 3, 1, 2, 3]
        var probabilities = [Float](repeating: 0, count: 9)
        var losses = [Double](repeating: 0, count: 3)
        ck_cross_entropy_f32(x, [2, 3, -1], 3, 3, &probabilities, &losses)
        let sum = exp(1.0) + exp(2.0) + exp(3.0)
        #expect(abs(losses[0] - (log(sum) - 3)) < 1e-6)
        #expect(losses[1] == .infinity && losses[2] == .infinity)
        var gradient = probabilities
        ck_cross_entropy_gradient_f32(probabilities, [2, 3, -1], 0.5, 3, 3, &gradient)
        #expect(gradient[2] == 0.5 * (probabilities[2] - 1))
        #expect(gradient[3] == 0.5 * probabilities[3] && gradient[8] == 0.5 * probabilities[8])
    }

    @Test func dropoutTakesThePhiloxWordsInOrder() {
        let generator = Philox(seed: 0x1234_5678_9ABC_DEF0, stream: 0xFEDC_BA98_7654_3210)
        let threshold: UInt64 = 0x6000_0000
        for (first, count) in [(0, 1), (0, 300), (64, 67), (1 << 35, 130)] {
            var mask = [Float](repeating: -1, count: count)
            ck_dropout_mask_f32(generator.seed, generator.stream, UInt64(first), threshold, 1.5, &mask, count)
            for index in 0..<count {
                let word = generator.block(UInt64(first + index) / 4)[(first + index) % 4]
                #expect(mask[index] == (UInt64(word) >= threshold ? 1.5 : 0))
            }
        }
    }
}
