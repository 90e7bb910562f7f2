import Buffers
import Datasets
import Tensors
import Testing

/// What windows show of images, against the definition written out pixel by pixel.
@Suite struct WindowTests {
    /// The shapes to try: rows and columns differ, and one is longer than a vector.
    static let shapes = [
        ImageShape(channels: 1, height: 8, width: 8), ImageShape(channels: 3, height: 5, width: 7),
        ImageShape(channels: 2, height: 3, width: 37), ImageShape(channels: 1, height: 1, width: 1),
    ]

    static let normalization = Normalization(
        maximum: 255, means: [0.4914, 0.25, 0.75], standardDeviations: [0.247, 0.5, 0.125])

    static func bytes(_ shape: ImageShape, count: Int = 3) throws -> ByteImages {
        var random = Philox(seed: 9)
        return try ByteImages(
            name: "bytes", imageShape: shape, classCount: 1,
            pixels: AlignedBuffer((0..<count * shape.count).map { _ in UInt8.random(in: 0...255, using: &random) }),
            labels: [Int32](repeating: 0, count: count),
            normalization: Normalization(
                maximum: 255, means: Array(normalization.means.prefix(shape.channels)),
                standardDeviations: Array(normalization.standardDeviations.prefix(shape.channels))))
    }

    static func floats(_ shape: ImageShape, count: Int = 3) throws -> FloatImages {
        var random = Philox(seed: 9)
        return try FloatImages(
            name: "floats",
            images: Tensor(
                shape: [count] + shape.dimensions,
                elements: (0..<count * shape.count).map { _ in Float(random.normal()) }),
            labels: [Int64](repeating: 0, count: count))
    }

    /// A data set that knows how to copy whole images only.
    struct Plain: Dataset {
        let base: any Dataset
        var name: String { "plain" }
        var imageShape: ImageShape { base.imageShape }
        var classCount: Int { base.classCount }
        var count: Int { base.count }
        var labels: [Int32] { base.labels }
        func copyImages(at indices: UnsafeBufferPointer<Int>, to destination: UnsafeMutablePointer<Float>) {
            base.copyImages(at: indices, to: destination)
        }
    }

    static func shown(_ data: any Dataset, _ indices: [Int], _ windows: [ImageWindow]) -> [Float] {
        var values = [Float](repeating: .nan, count: indices.count * data.imageShape.count)
        values.withUnsafeMutableBufferPointer { values in
            indices.withUnsafeBufferPointer { indices in
                windows.withUnsafeBufferPointer { windows in
                    if let base = values.baseAddress { data.copyImages(at: indices, through: windows, to: base) }
                }
            }
        }
        return values
    }

    /// The definition: pad, cut, resize with half-pixel centres, mirror; in Float64.
    static func defined(_ data: any Dataset, _ index: Int, _ window: ImageWindow) -> [Double] {
        let shape = data.imageShape
        let image = data.values([index]).map(Double.init)
        var result: [Double] = []
        for channel in 0..<shape.channels {
            func pixel(_ row: Int, _ column: Int) -> Double {
                let (r, c) = (window.top + row, window.left + column)
                guard 0..<shape.height ~= r, 0..<shape.width ~= c else { return Double(data.background[channel]) }
                return image[(channel * shape.height + r) * shape.width + c]
            }
            for row in 0..<shape.height {
                for column in 0..<shape.width {
                    let seen = window.isMirrored ? shape.width - 1 - column : column
                    let y = (Double(row) + 0.5) * Double(window.height) / Double(shape.height) - 0.5
                    let x = (Double(seen) + 0.5) * Double(window.width) / Double(shape.width) - 0.5
                    let (r, c) = (
                        min(max(y, 0), Double(window.height - 1)), min(max(x, 0), Double(window.width - 1))
                    )
                    let (r0, c0) = (Int(r), Int(c))
                    let (r1, c1) = (min(r0 + 1, window.height - 1), min(c0 + 1, window.width - 1))
                    let (v, h) = (r - Double(r0), c - Double(c0))
                    result.append(
                        (1 - v) * ((1 - h) * pixel(r0, c0) + h * pixel(r0, c1))
                            + v * ((1 - h) * pixel(r1, c0) + h * pixel(r1, c1)))
                }
            }
        }
        return result
    }

    @Test(arguments: shapes) func wholePixelsAreMovedAndMirroredToTheBit(_ shape: ImageShape) throws {
        let bytes = try Self.bytes(shape)
        let floats = try Self.floats(shape)
        for data: any Dataset in [bytes, floats, Plain(base: floats)] {
            for top in [-shape.height - 1, -shape.height, -2, -1, 0, 1, 4, shape.height, 99] {
                for left in [-shape.width - 1, -shape.width, -3, -1, 0, 1, 2, shape.width, 99] {
                    for isMirrored in [false, true] {
                        let window = ImageWindow(
                            top: top, left: left, height: shape.height, width: shape.width, isMirrored: isMirrored)
                        let found = Self.shown(data, [1], [window])
                        #expect(
                            found == Self.defined(data, 1, window).map { Float($0) }, "\(data.name) \(window)")
                    }
                }
            }
        }
    }

    @Test(arguments: shapes) func otherSizesAreInterpolated(_ shape: ImageShape) throws {
        var random = Philox(seed: 4)
        let bytes = try Self.bytes(shape)
        let floats = try Self.floats(shape)
        for data: any Dataset in [bytes, floats, Plain(base: floats)] {
            for _ in 0..<200 {
                let window = ImageWindow(
                    top: Int.random(in: -5...shape.height + 4, using: &random),
                    left: Int.random(in: -5...shape.width + 4, using: &random),
                    height: Int.random(in: 1...shape.height + 2, using: &random),
                    width: Int.random(in: 1...shape.width + 2, using: &random),
                    isMirrored: Bool.random(using: &random))
                let found = Self.shown(data, [2], [window])
                let expected = Self.defined(data, 2, window)
                let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
                #expect(worst < 4e-6, "\(data.name) \(window)")
            }
        }
    }

    @Test func pixelsThatComeInAreZeroBeforeTheNormalization() throws {
        let shape = ImageShape(channels: 3, height: 5, width: 7)
        let data = try Self.bytes(shape)
        let mean = Self.normalization.means
        let deviation = Self.normalization.standardDeviations
        let background = (0..<3).map { Float(-mean[$0] / deviation[$0]) }
        #expect(data.background == background)
        let found = Self.shown(data, [0], [ImageWindow(top: 2, left: -1, height: 5, width: 7)])
        for channel in 0..<3 {
            let plane = found[channel * 35..<(channel + 1) * 35]
            for (offset, value) in plane.enumerated() where offset / 7 >= 3 || offset % 7 == 0 {
                #expect(value == background[channel])
            }
        }
        #expect(Plain(base: data).background == [0, 0, 0])
    }

    @Test func bytesAreNormalizedAsIfInFloat64() throws {
        let shape = ImageShape(channels: 3, height: 16, width: 16)
        let pixels = (0..<3).flatMap { _ in (0...255).map { UInt8($0) } }
        let data = try ByteImages(
            name: "all", imageShape: shape, classCount: 1, pixels: AlignedBuffer(pixels), labels: [0],
            normalization: Self.normalization)
        let expected = (0..<3).flatMap { (channel: Int) -> [Float] in
            let (mean, deviation) = (Self.normalization.means[channel], Self.normalization.standardDeviations[channel])
            return (0...255).map { Float((Double($0) / 255 - mean) / deviation) }
        }
        for (found, expected) in zip(data.values([0]), expected) {
            #expect(abs(found - expected) <= expected.ulp)
        }
    }

    @Test func imagesOfABatchHaveWindowsOfTheirOwn() throws {
        let data = try Self.bytes(ImageShape(channels: 2, height: 6, width: 5), count: 4)
        let windows = [
            ImageWindow(top: 1, left: 0, height: 6, width: 5), ImageWindow(top: 0, left: 1, height: 3, width: 4),
            ImageWindow(height: 6, width: 5, isMirrored: true), ImageWindow(top: 2, left: 2, height: 2, width: 5),
        ]
        let together = Self.shown(data, [3, 0, 3, 1], windows)
        let apart = zip([3, 0, 3, 1], windows).flatMap { Self.shown(data, [$0], [$1]) }
        #expect(together == apart)
    }
}
