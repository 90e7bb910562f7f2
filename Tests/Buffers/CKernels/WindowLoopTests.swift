import Buffers
import CKernels
import Testing

@Suite struct WindowLoopTests {
    static func ramp(_ count: Int) -> [Float] { (0..<count).map { Float(($0 * 7919) % 1009) } }

    /// Every depth takes another way of copying; places start and end in the middle of a row.
    @Test(arguments: [1, 2, 3, 16, 19, 33]) func gatheredRowsAreThePixelsUnderTheWindow(depth: Int) {
        let (height, width, channels) = (5, 6, depth + 2)
        var places = ck_places(
            height: height, width: width, channels: channels, rows: 4, columns: 3, row_step: 1, column_step: 2)
        let image = Self.ramp(2 * height * width * channels)
        let taps: [Int32] = [-1, -1, 0, 0, 1, 2, 3, 1, -2, 5]
        let stride = 5 * depth + 3
        for (first, count) in [(0, 24), (4, 13), (23, 1)] {
            var matrix = [Float](repeating: -1, count: count * stride)
            image.withUnsafeBufferPointer {
                ck_gather_f32($0.baseAddress! + 1, &places, first, count, taps, 5, depth, &matrix, stride)
            }
            for row in 0..<count {
                let (n, rest) = (first + row).quotientAndRemainder(dividingBy: 12)
                for tap in 0..<5 {
                    let y = rest / 3 + Int(taps[2 * tap])
                    let x = rest % 3 * 2 + Int(taps[2 * tap + 1])
                    let isInside = (0..<height).contains(y) && (0..<width).contains(x)
                    for c in 0..<depth {
                        let pixel = isInside ? image[((n * height + y) * width + x) * channels + 1 + c] : 0
                        #expect(matrix[row * stride + tap * depth + c] == pixel)
                    }
                }
                #expect(matrix[row * stride + 5 * depth] == -1, "the gap between rows is left alone")
            }
        }
    }

    @Test func scatteredRowsReachTheirPixels() {
        var places = ck_places(
            height: 6, width: 7, channels: 4, rows: 3, columns: 3, row_step: 2, column_step: 2)
        let matrix = Self.ramp(18 * 3)
        var image = [Float](repeating: -1, count: 2 * 6 * 7 * 4)
        ck_scatter_f32(matrix, &places, 0, 18, 1, 0, 3, &image, 3)
        for (index, value) in image.enumerated() {
            let (pixel, c) = index.quotientAndRemainder(dividingBy: 4)
            let (n, y, x) = (pixel / 42, pixel / 7 % 6, pixel % 7)
            let isReached = c < 3 && y % 2 == 1 && x % 2 == 0 && x < 6
            let expected = isReached ? matrix[((n * 3 + y / 2) * 3 + x / 2) * 3 + c] : -1
            #expect(value == expected)
        }
    }

    @Test func filtersGoThereAndBack() {
        let (channels, area) = (5, 6)
        let filter = Self.ramp(channels * area)
        let order: [Int32] = [4, 0, 5]
        var ordered = [Float](repeating: 0, count: 3 * 11)
        ck_order_filter_f32(filter, channels, area, order, 3, &ordered, 11)
        for t in 0..<3 {
            for c in 0..<channels { #expect(ordered[t * 11 + c] == filter[c * area + Int(order[t])]) }
        }
        let parts = Self.ramp(3 * 40)
        var sum = [Float](repeating: 0, count: channels * area)
        ck_sum_filters_f32(parts, 3, 40, channels, area, &sum)
        for c in 0..<channels {
            for t in 0..<area {
                let index = t * channels + c
                #expect(sum[c * area + t] == parts[index] + parts[40 + index] + parts[80 + index])
            }
        }
    }

    @Test(arguments: [(1, 1), (3, 100), (16, 16), (17, 50), (64, 33), (200, 3)])
    func transposedTwiceIsTheSame(rows: Int, columns: Int) {
        let x = Self.ramp(rows * (columns + 1))
        var y = [Float](repeating: 0, count: columns * (rows + 2))
        var back = x
        ck_transpose_f32(x, rows, columns, columns + 1, &y, rows + 2)
        for r in 0..<rows {
            for c in 0..<columns { #expect(y[c * (rows + 2) + r] == x[r * (columns + 1) + c]) }
        }
        ck_transpose_f32(y, columns, rows, rows + 2, &back, columns + 1)
        #expect(back == x)
    }

    @Test func theLargestPixelMayBeNaN() {
        var window = ck_window(
            height: 2, width: 4, channels: 20, rows: 1, columns: 2, kernel_rows: 2, kernel_columns: 2, row_step: 2,
            column_step: 2, row_dilation: 1, column_dilation: 1, top: 0, left: 0)
        for place in 0..<4 {
            var x = [Float](repeating: 1, count: 2 * 4 * 20)
            let pixel = place / 2 * 4 + place % 2
            for c in 0..<20 { x[pixel * 20 + c] = c % 2 == 0 ? .nan : 5 }
            var y = [Float](repeating: 0, count: 40)
            ck_max_pool_f32(x, &window, 0, 1, &y)
            for c in 0..<20 {
                #expect(c % 2 == 0 ? y[c].isNaN : y[c] == 5, "place \(place)")
                #expect(y[20 + c] == 1)
            }
        }
    }
}
