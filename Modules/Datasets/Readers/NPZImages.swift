import Tensors

extension DatasetKind {
    /// A `.npz` file of arrays `images` (float32, images x channels x height x width, taken as they are) and `labels`
    /// (int64). Both splits are the whole file.
    public static let npz = DatasetKind(
        name: "npz", location: .file,
        summary: "arrays 'images' (float32, N x C x H x W, taken as they are) and 'labels' (int64)",
        hasSplits: false
    ) { location, _ in
        let file = try NPZ(contentsOf: location)
        let images = try file.array("images")
        guard case .float32(let values) = images, values.shape.count == 4 else {
            throw DatasetError.wrongArray(
                file: location, array: "images", found: describe(images),
                expected: "float32 of images x channels x height x width")
        }
        let labels = try file.array("labels")
        guard case .int64(let classes) = labels, classes.shape.count == 1 else {
            throw DatasetError.wrongArray(
                file: location, array: "labels", found: describe(labels), expected: "int64 of one dimension")
        }
        return try FloatImages(name: location, images: values, labels: classes.elements)
    }

    private static func describe(_ array: AnyTensor) -> String {
        "\(array.elementType.rawValue) of \(Shape.describe(array.shape))"
    }
}
