/// Which place of an operand an element of a resized result stands for. ONNX `coordinate_transformation_mode`.
public enum Coordinates: String, Sendable, Hashable, CaseIterable {
    /// Pixels are areas; their middles correspond.
    case halfPixel = "half_pixel"
    /// As `halfPixel`, with the middle of the image in its place where the scale is not exact.
    case halfPixelSymmetric = "half_pixel_symmetric"
    /// As `halfPixel`, but a single element stands for the first one.
    case pytorchHalfPixel = "pytorch_half_pixel"
    /// The first and the last elements correspond.
    case alignCorners = "align_corners"
    /// The first elements correspond.
    case asymmetric = "asymmetric"
    /// As `halfPixel`, without the half that is taken off at the end: opset 11's, for the nearest element.
    case halfPixelForNearest = "tf_half_pixel_for_nn"
    /// The first and the last elements correspond to the ends of a region; what lies outside of the operand is one number.
    case crop = "tf_crop_and_resize"

    /// The place of an element.
    ///
    /// - Parameter region: where `crop` begins and ends, as parts of the way from the first to the last element.
    func place(
        of index: Int, scale: Double, from size: Int, to result: Int, region: Extent = .whole
    ) -> Double {
        let half = (Double(index) + 0.5) / scale - 0.5
        switch self {
        case .halfPixel: return half
        case .halfPixelSymmetric:
            let exact = Double(size) * scale
            return Double(size) / 2 * (1 - Double(result) / exact) + half
        case .pytorchHalfPixel: return result > 1 ? half : 0
        case .alignCorners: return result > 1 ? Double(index) * Double(size - 1) / Double(result - 1) : 0
        case .crop:
            let last = Double(size - 1)
            if result == 1 { return (region.start + region.end) / 2 * last }
            return region.start * last + Double(index) * (region.end - region.start) * last / Double(result - 1)
        case .halfPixelForNearest: return (Double(index) + 0.5) / scale
        case .asymmetric: return Double(index) / scale
        }
    }
}

/// Where a region begins and ends along one dimension; it may end before it begins, and is mirrored then.
struct Extent {
    let start: Double
    let end: Double

    static let whole = Extent(start: 0, end: 1)
}
