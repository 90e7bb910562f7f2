import Buffers

/// Labelled images of one byte a pixel and channel, kept as bytes and normalised when a batch is made.
public struct ByteImages: Dataset {
    public let name: String
    public let imageShape: ImageShape
    public let classCount: Int
    public let labels: [Int32]
    /// How bytes become values.
    public let normalization: Normalization
    private let pixels: AlignedBuffer<UInt8>
    private let table: [Float]

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
        table = normalization.table
    }

    public func copyImages(at indices: UnsafeBufferPointer<Int>, to destination: UnsafeMutablePointer<Float>) {
        let area = imageShape.height * imageShape.width
        var output = destination
        table.withUnsafeBufferPointer { table in
            guard let table = table.baseAddress else { return }
            for index in indices {
                precondition(labels.indices.contains(index), "image \(index) of \(count)")
                var input = UnsafePointer(pixels.pointer) + index * imageShape.count
                for channel in 0..<imageShape.channels {
                    let values = table + 256 * channel
                    for i in 0..<area { output[i] = values[Int(input[i])] }
                    output += area
                    input += area
                }
            }
        }
    }

    /// Reads the bytes of all images in place.
    public func withPixels<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(pixels) { try body(pixels.elements) }
    }
}
