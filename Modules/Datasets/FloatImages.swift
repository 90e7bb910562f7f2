import Tensors

/// Labelled images of `Float` values, which a network gets as they are.
public struct FloatImages: Dataset {
    public let name: String
    public let imageShape: ImageShape
    public let classCount: Int
    public let labels: [Int32]
    private let images: Tensor<Float>

    /// The number of images.
    public var count: Int { labels.count }

    /// - Parameters:
    ///   - name: what messages call the data.
    ///   - images: images x channels x height x width.
    ///   - labels: the class of each image.
    ///   - classCount: the number of classes; `nil` takes the greatest label plus one.
    /// - Throws: ``DatasetError`` if the images have another number of dimensions or there are none, if a value is not
    ///   finite, if labels are not as many, or if one is negative or not among the classes.
    public init(name: String, images: Tensor<Float>, labels: [Int64], classCount: Int? = nil) throws(DatasetError) {
        guard images.shape.count == 4 else {
            throw .wrongArray(
                file: name, array: "images", found: Shape.describe(images.shape),
                expected: "images x channels x height x width")
        }
        let shape = ImageShape(channels: images.shape[1], height: images.shape[2], width: images.shape[3])
        // Labels beyond 32 bits are refused below.
        let greatest = min(max(labels.max() ?? 0, 0), Int64(Int32.max) - 1)
        let classCount = classCount ?? Int(greatest) + 1
        guard images.shape[0] == labels.count || images.count == 0 else {
            throw .countMismatch(
                images: images.shape[0], imagesFile: name, labels: labels.count, labelsFile: name)
        }
        try ImageCheck.check(name, shape, valueCount: images.count, labels: labels, classCount: classCount)
        if let wrong = images.withElements({ $0.firstIndex { !$0.isFinite } }) {
            throw .notFinite(file: name, index: wrong / shape.count)
        }
        self.name = name
        imageShape = shape
        self.classCount = classCount
        self.images = images
        self.labels = labels.map { Int32($0) }
    }

    public func copyImages(at indices: UnsafeBufferPointer<Int>, to destination: UnsafeMutablePointer<Float>) {
        let size = imageShape.count
        images.withElements { values in
            guard let values = values.baseAddress else { return }
            for (row, index) in indices.enumerated() {
                precondition(labels.indices.contains(index), "image \(index) of \(count)")
                (destination + row * size).update(from: values + index * size, count: size)
            }
        }
    }

    public func copyImages(
        at indices: UnsafeBufferPointer<Int>, through windows: UnsafeBufferPointer<ImageWindow>,
        to destination: UnsafeMutablePointer<Float>
    ) {
        precondition(windows.count == indices.count, "a window for each image")
        let size = imageShape.count
        var sampler: WindowSampler?
        images.withElements { values in
            guard let values = values.baseAddress else { return }
            for (row, index) in indices.enumerated() {
                precondition(labels.indices.contains(index), "image \(index) of \(count)")
                imageShape.copy(
                    values + index * size, through: windows[row], background: background, to: destination + row * size,
                    &sampler)
            }
        }
    }
}
