import Tensors

/// What holds for every set of labelled images.
enum ImageCheck {
    /// Refuses sets without images, with another number of labels, or with a label that is not among the classes.
    ///
    /// - Parameters:
    ///   - file: what the error calls the data.
    ///   - valueCount: the number of values of all images together.
    static func check(
        _ file: String, _ shape: ImageShape, valueCount: Int, labels: some Collection<Int64>, classCount: Int
    ) throws(DatasetError) {
        guard let size = Shape.checkedCount(shape.dimensions) else {
            throw .impossibleSize(file: file, dimensions: shape.dimensions)
        }
        guard size > 0, valueCount > 0 else { throw .empty(file: file) }
        guard valueCount % size == 0, valueCount / size == labels.count else {
            throw .countMismatch(images: valueCount / size, imagesFile: file, labels: labels.count, labelsFile: file)
        }
        try check(labels: labels, file, classCount: classCount)
    }

    /// Refuses labels that are not among the classes.
    static func check(labels: some Collection<Int64>, _ file: String, classCount: Int) throws(DatasetError) {
        for (index, label) in labels.enumerated() where label < 0 || label >= classCount {
            throw .labelOutOfRange(file: file, index: index, label: label, classCount: classCount)
        }
    }
}
