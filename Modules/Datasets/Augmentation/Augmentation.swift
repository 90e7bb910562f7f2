/// A random change of a training image that leaves its class as it is.
///
/// A new one is a file that declares it, and its line in ``Augmentations/kinds``.
public protocol Augmentation: Sendable {
    /// Its name: letters and hyphens.
    static var name: String { get }
    /// How it is asked for: `translate:PIXELS`, with brackets around what may be left out.
    static var form: String { get }
    /// One line for those who choose.
    static var summary: String { get }

    /// Reads the settings.
    ///
    /// - Parameter argument: what follows the colon; `nil` where there is no colon.
    /// - Throws: ``AugmentationError`` for settings that it cannot have.
    init(argument: String?) throws(AugmentationError)

    /// What follows the colon to get the same settings, however they were written; `nil` for no colon.
    var argument: String? { get }

    /// - Throws: ``AugmentationError`` if images of this size cannot be changed so.
    func check(_ shape: ImageShape) throws(AugmentationError)

    /// Changes what is seen of an image.
    ///
    /// - Parameters:
    ///   - window: what is seen of it so far.
    ///   - random: the random numbers of this image in this epoch, for this augmentation alone.
    func apply(to window: inout ImageWindow, random: inout AugmentationRandom)
}

extension Augmentation {
    public func check(_ shape: ImageShape) throws(AugmentationError) {}
}
