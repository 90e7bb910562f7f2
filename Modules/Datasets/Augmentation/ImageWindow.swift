/// The part of a plane that becomes an image: the plane holds the data set's image, and zeros (black) all around it.
///
/// Augmentations move, shrink and mirror the window, one after the other; then the image is sampled once, however many
/// there are. A window of the image's size copies pixels; one of another size interpolates between them.
public struct ImageWindow: Sendable, Hashable, BitwiseCopyable {
    /// The plane's row that becomes the first one; the image's own rows begin at 0.
    public var top: Int
    /// The plane's column that becomes the first one, or the last one if the window is mirrored.
    public var left: Int
    /// The number of rows seen, at least 1.
    public var height: Int
    /// The number of columns seen, at least 1.
    public var width: Int
    /// Whether left and right are exchanged.
    public var isMirrored: Bool

    /// A window.
    public init(top: Int = 0, left: Int = 0, height: Int, width: Int, isMirrored: Bool = false) {
        self.top = top
        self.left = left
        self.height = height
        self.width = width
        self.isMirrored = isMirrored
    }

    /// The window that shows an image as it is.
    public init(whole shape: ImageShape) { self.init(height: shape.height, width: shape.width) }
}
