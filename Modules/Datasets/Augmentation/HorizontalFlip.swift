/// Left and right exchanged at random.
///
/// For classes that look the same in a mirror, as the things of CIFAR-10 do; digits do not.
public struct HorizontalFlip: Augmentation {
    public static let name = "flip"
    public static let form = "flip[:PROBABILITY]"
    public static let summary = "left and right exchanged, every other time by default"

    /// The share of images that are mirrored, from 0 to 1; 0.5 by default.
    public let probability: Double

    /// - Parameter probability: the share of images that are mirrored, from 0 to 1.
    /// - Throws: ``AugmentationError/argument(_:form:allowed:)`` for another number.
    public init(probability: Double = 0.5) throws(AugmentationError) {
        guard (0...1).contains(probability) else {
            throw .argument("\(probability)", form: Self.form, allowed: Self.allowed)
        }
        self.probability = probability
    }

    public init(argument: String?) throws(AugmentationError) {
        guard let probability = argument.map(Double.init) ?? 0.5 else {
            throw .argument(argument, form: Self.form, allowed: Self.allowed)
        }
        try self.init(probability: probability)
    }

    private static let allowed = "a number from 0 to 1"

    public var argument: String? { probability == 0.5 ? nil : "\(probability)" }

    public func apply(to window: inout ImageWindow, random: inout AugmentationRandom) {
        if random.uniform() < probability { window.isMirrored.toggle() }
    }
}
