/// The size of one image.
public struct ImageShape: Sendable, Hashable, CustomStringConvertible {
    /// The number of channels: 1 for grey, 3 for red, green, blue.
    public let channels: Int
    /// The number of rows.
    public let height: Int
    /// The number of columns.
    public let width: Int

    /// - Parameters:
    ///   - channels: the number of channels.
    ///   - height: the number of rows.
    ///   - width: the number of columns.
    public init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// The number of values of one image.
    public var count: Int { channels * height * width }

    /// Channels, height, width.
    public var dimensions: [Int] { [channels, height, width] }

    /// As messages show it: `3x32x32`.
    public var description: String { "\(channels)x\(height)x\(width)" }
}

/// Labelled images of one size.
///
/// What the images mean to a network (their normalisation included) is part of the data set: ``copyImages(at:to:)``
/// gives values that a network takes as they are.
public protocol Dataset: Sendable {
    /// What messages and reports call it: `mnist/test`.
    var name: String { get }
    /// The size of every image.
    var imageShape: ImageShape { get }
    /// The number of classes; labels are `0..<classCount`.
    var classCount: Int { get }
    /// The number of images.
    var count: Int { get }
    /// The class of every image.
    var labels: [Int32] { get }

    /// Writes images one after the other, channels x height x width each.
    ///
    /// It is called from a background thread, and for several batches at the same time if the caller likes.
    ///
    /// - Parameters:
    ///   - indices: which images, each in `0..<count`.
    ///   - destination: room for `indices.count` images.
    func copyImages(at indices: UnsafeBufferPointer<Int>, to destination: UnsafeMutablePointer<Float>)

    /// The value that zero (black) has in each channel: what lies around an image. 0 if a type does not say otherwise.
    var background: [Float] { get }

    /// Writes what windows show of images, one after the other, channels x height x width each.
    ///
    /// A type that does not say otherwise copies the images first, and then what is seen of them.
    ///
    /// - Parameters:
    ///   - indices: which images, each in `0..<count`.
    ///   - windows: what is seen of each, as many.
    ///   - destination: room for `indices.count` images.
    func copyImages(
        at indices: UnsafeBufferPointer<Int>, through windows: UnsafeBufferPointer<ImageWindow>,
        to destination: UnsafeMutablePointer<Float>)
}
