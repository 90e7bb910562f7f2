import ArgumentParser
import Slipstream

/// What is done at random to training images.
struct AugmentationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Random changes of the training images, with commas in between: "
                + Augmentations.kinds.map { "\($0.form) (\($0.summary))" }.joined(separator: ", ") + "; or none.",
            valueName: "list"))
    var augment = "none"

    func validate() throws { _ = try augmentations() }

    /// What is done to the images.
    func augmentations() throws -> Augmentations {
        do { return try Augmentations(augment) } catch { throw ValidationError("--augment: \(error)") }
    }
}
