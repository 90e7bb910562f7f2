import Buffers
import CKernels

/// Labelled images of one byte a pixel and channel, kept as bytes and normalised when a batch is made.
public struct ByteImages: Dataset {
    public let name: String
    public let imageShape: ImageShape
    public let classCount: Int
    public let labels: [Int32]
    /// How bytes become values.
    public let normalization: Normalization
    private let pixels: AlignedBuffer<UInt8>
    /// A byte's value in each channel is scale · byte + offset.
    private let scaling: [(scale: Double, offset: Double)]

    /// The number of images.
    public var count: Int { labels.count }

    /// - Parameters:
    ///   - name: what messages call the data.
    ///   - imageShape: the size of every image, at least 1 in every dimension.
    ///   - classCount: the number of classes.
    ///   - pixels: the images one after the other, channels x height x width each. The buffer is handed over.
    ///   - labels: the class of each image.
    ///   - normalization: how bytes become values, with one mean for each channel.
    /// - Throws: ``DatasetError`` if there are no images, if labels are not as many, or if one is not among the classes.
    public init(
        name: String, imageShape: ImageShape, classCount: Int, pixels: AlignedBuffer<UInt8>, labels: [Int32],
        normalization: Normalization
    ) throws(DatasetError) {
        precondition(normalization.means.count == imageShape.channels, "a mean for each channel")
        try ImageCheck.check(
            name, imageShape, valueCount: pixels.count, labels: labels.lazy.map(Int64.init), classCount: classCount)
        self.name = name
        self.imageShape = imageShape
        self.classCount = classCount
        self.pixels = pixels
        self.labels = labels
        self.normalization = normalization
        scaling = normalization.scaling
    }

    /// The value of byte 0 in each channel.
    public var background: [Float] { scaling.map { Float($0.offset) } }

    public func copyImages(at indices: UnsafeBufferPointer<Int>, to destination: UnsafeMutablePointer<Float>) {
        let area = imageShape.height * imageShape.width
        var output = destination
        for index in indices {
            var input = image(index)
            for (scale, offset) in scaling {
                ck_scale_bytes_f32(input, scale, offset, output, area)
                output += area
                input += area
            }
        }
    }

    public func copyImages(
        at indices: UnsafeBufferPointer<Int>, through windows: UnsafeBufferPointer<ImageWindow>,
        to destination: UnsafeMutablePointer<Float>
    ) {
        precondition(windows.count == indices.count, "a window for each image")
        let (height, width) = (imageShape.height, imageShape.width)
        let area = height * width
        var sampler: WindowSampler?
        var output = destination
        for (index, window) in zip(indices, windows) {
            let samples = window.height != height || window.width != width
            if samples {
                sampler = sampler ?? WindowSampler(imageShape)
                sampler?.aim(at: window)
            }
            var input = image(index)
            for (scale, offset) in scaling {
                if samples {
                    sampler?.sample(background: Float(offset), to: output) { row, target in
                        ck_scale_bytes_f32(input + row * width, scale, offset, target, width)
                    }
                } else {
                    ck_move_bytes_f32(
                        input, height, width, window.top, window.left, window.isMirrored ? 1 : 0, scale, offset,
                        Float(offset), output)
                }
                output += area
                input += area
            }
        }
    }

    private func image(_ index: Int) -> UnsafePointer<UInt8> {
        precondition(labels.indices.contains(index), "image \(index) of \(count)")
        return UnsafePointer(pixels.pointer) + index * imageShape.count
    }

    /// Reads the bytes of all images in place.
    public func withPixels<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(pixels) { try body(pixels.elements) }
    }
}
