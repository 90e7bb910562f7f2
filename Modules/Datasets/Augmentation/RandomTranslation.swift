/// The image moved by some pixels down or up and left or right, with zeros (black) where it was.
///
/// Both distances are drawn from −n…n, each as likely as any other: what cutting images of the old size out of images
/// that were padded with n zeros on every side comes to.
public struct RandomTranslation: Augmentation {
    public static let name = "translate"
    public static let form = "translate:PIXELS"
    public static let summary = "moved by up to so many pixels in each direction; zeros come in"

    /// The greatest distance in pixels, at least 1; 4 is usual for images of 32 x 32.
    public let pixels: Int

    /// - Parameter pixels: the greatest distance, from 1 to 4,096, less than the images' height and width.
    /// - Throws: ``AugmentationError/argument(_:form:allowed:)`` for another number.
    public init(pixels: Int) throws(AugmentationError) {
        guard (1...4096).contains(pixels) else {
            throw .argument("\(pixels)", form: Self.form, allowed: Self.allowed)
        }
        self.pixels = pixels
    }

    public init(argument: String?) throws(AugmentationError) {
        guard let argument, let pixels = Int(argument) else {
            throw .argument(argument, form: Self.form, allowed: Self.allowed)
        }
        try self.init(pixels: pixels)
    }

    private static let allowed = "a whole number from 1 to 4096"

    public var argument: String? { "\(pixels)" }

    public func check(_ shape: ImageShape) throws(AugmentationError) {
        guard pixels < min(shape.height, shape.width) else {
            throw .tooSmall(image: shape, name: "\(Self.name):\(pixels)", least: pixels + 1)
        }
    }

    public func apply(to window: inout ImageWindow, random: inout AugmentationRandom) {
        window.top += random.integer(in: -pixels...pixels)
        window.left += random.integer(in: -pixels...pixels)
    }
}
