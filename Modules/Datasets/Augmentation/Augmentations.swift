import Buffers

/// What is done at random to the images of a training run, in order: none, or some of ``kinds``.
///
/// ```swift
/// let augmentations = try Augmentations("flip,translate:4")
/// let loader = try BatchLoader(cifar, batchSize: 128, shuffleSeed: 0, augmentations: augmentations)
/// ```
///
/// Pixels that come in from outside of an image are zero before the normalisation, as if the bytes had been padded: black,
/// not the mean.
public struct Augmentations: Sendable, CustomStringConvertible {
    /// Every kind there is.
    public static let kinds: [any Augmentation.Type] = [
        HorizontalFlip.self, RandomTranslation.self, RandomResizedCrop.self,
    ]

    /// Images as they are.
    public static let none = Augmentations()

    /// What is done, in order.
    public let steps: [any Augmentation]

    private init() { steps = [] }

    /// - Parameter steps: what is done, in order; each kind once at most.
    /// - Throws: ``AugmentationError/repeated(_:)`` for two of a kind.
    public init(_ steps: [any Augmentation]) throws(AugmentationError) {
        var names: Set<String> = []
        for step in steps {
            let name = type(of: step).name
            guard names.insert(name).inserted else { throw .repeated(name) }
        }
        self.steps = steps
    }

    /// Reads `none`, or names with their settings and commas in between: `flip,translate:4`.
    ///
    /// - Throws: ``AugmentationError`` for a name that does not exist, settings that are not right, or two of a kind.
    public init(_ text: String) throws(AugmentationError) {
        if text == "none" {
            self = .none
            return
        }
        var steps: [any Augmentation] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let kind = Self.kinds.first(where: { $0.name == parts[0] }) else {
                throw .unknownName(
                    parts[0], suggestion: Spelling.nearest(to: parts[0], among: Self.kinds.map { $0.name }))
            }
            steps.append(try kind.init(argument: parts.count > 1 ? parts[1] : nil))
        }
        try self.init(steps)
    }

    /// The text that stands for them.
    public var description: String {
        let words = steps.map { step in type(of: step).name + (step.argument.map { ":\($0)" } ?? "") }
        return words.isEmpty ? "none" : words.joined(separator: ",")
    }

    /// Whether images stay as they are.
    public var isEmpty: Bool { steps.isEmpty }

    /// - Throws: ``AugmentationError`` if images of this size cannot be changed so.
    public func check(_ shape: ImageShape) throws(AugmentationError) {
        for step in steps { try step.check(shape) }
    }

    /// What is seen of an image: a function of the arguments, and of nothing else.
    ///
    /// - Parameters:
    ///   - image: the image's number in its data set.
    ///   - shape: its size.
    ///   - seed: the run's seed.
    ///   - epoch: the epoch's number, from 0.
    public func window(of image: Int, shape: ImageShape, seed: UInt64, epoch: Int) -> ImageWindow {
        var window = ImageWindow(whole: shape)
        for (place, step) in steps.enumerated() {
            var random = AugmentationRandom(seed: seed, epoch: epoch, image: image, place: place)
            step.apply(to: &window, random: &random)
        }
        return window
    }
}
