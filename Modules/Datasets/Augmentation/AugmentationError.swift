/// An augmentation that does not exist, or cannot be had with these settings.
public enum AugmentationError: Error, Equatable, CustomStringConvertible {
    /// No augmentation has this name; `suggestion` is one that is spelt alike.
    case unknownName(String, suggestion: String?)
    /// One is asked for twice.
    case repeated(String)
    /// A setting is missing, or is not what it must be.
    case argument(String?, form: String, allowed: String)
    /// The images are too small.
    case tooSmall(image: ImageShape, name: String, least: Int)

    /// What was wrong, and what can be asked for.
    public var description: String {
        switch self {
        case .unknownName(let name, let suggestion):
            "no augmentation is called '\(name)'" + (suggestion.map { "; did you mean '\($0)'?" } ?? ".") + " "
                + "Known: none, or some of \(Augmentations.kinds.map { $0.form }.joined(separator: ", ")), "
                + "as in flip,translate:4"
        case .repeated(let name): "'\(name)' is asked for twice"
        case .argument(let argument, let form, let allowed):
            argument.map { "'\($0)' is not right in \(form), where there must be \(allowed)" }
                ?? "write \(form), with \(allowed)"
        case .tooSmall(let image, let name, let least):
            "images of \(image) are too small for \(name): they need at least \(least) rows and columns"
        }
    }
}
