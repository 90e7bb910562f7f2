extension DatasetKind {
    /// MNIST, and what comes in its format with ten classes: four IDX files in a folder, plain or gzip.
    ///
    /// Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*,
    /// Proceedings of the IEEE 86, 1998.
    public static let mnist = DatasetKind(
        name: "mnist", location: .folder,
        summary: "MNIST's IDX files, plain or .gz: 60,000 + 10,000 grey images of 28x28"
    ) { location, split in
        let folder = try Folder(location)
        let prefix = split == .train ? "train" : "t10k"
        let imagesFile = try folder.file(idxNames("\(prefix)-images", dimensions: 3))
        let labelsFile = try folder.file(idxNames("\(prefix)-labels", dimensions: 1))
        let images = try IDX.read(imagesFile, rank: 3)
        let labels = try IDX.read(labelsFile, rank: 1)
        guard images.shape[0] == labels.shape[0] else {
            throw DatasetError.countMismatch(
                images: images.shape[0], imagesFile: imagesFile, labels: labels.shape[0], labelsFile: labelsFile)
        }
        let classes = withExtendedLifetime(labels) { labels.elements.elements.map(Int32.init) }
        try ImageCheck.check(labels: classes.lazy.map(Int64.init), labelsFile, classCount: 10)
        return try ByteImages(
            name: "mnist/\(split.rawValue)",
            imageShape: ImageShape(channels: 1, height: images.shape[1], width: images.shape[2]), classCount: 10,
            pixels: images.elements, labels: classes,
            normalization: Normalization(maximum: 255, means: [0.1307], standardDeviations: [0.3081]))
    }

    /// The names under which an IDX file is found: as published, and with the dot that some unpackers put.
    private static func idxNames(_ stem: String, dimensions: Int) -> [String] {
        ["-", "."].flatMap { separator in
            ["", ".gz"].map { "\(stem)\(separator)idx\(dimensions)-ubyte\($0)" }
        }
    }
}
