import Tensors

/// A classifier that cannot be replaced.
public enum HeadError: Error, Equatable, CustomStringConvertible {
    /// Nothing before the first output is a classifier.
    case notFound(reason: String)
    /// The classifier's tensors, or their names, are used by others too.
    case shared(node: String, tensor: String, readers: [String])
    /// The classifier's weights are of a form that cannot be exchanged.
    case badWeights(node: String, reason: String)
    /// A node behind the classifier depends on the number of classes in a way that is not known.
    case unknownUse(node: String, operation: String, reason: String)
    /// The file contradicts itself on the number of classes.
    case contradiction(value: String, found: Int, classes: Int)
    /// A number of classes that no classifier can have.
    case badClasses(Int, most: Int)

    public var description: String {
        switch self {
        case .notFound(let reason): "no classifier to replace: \(reason)"
        case .shared(let node, let tensor, let readers):
            "the classifier '\(node)' cannot be replaced: its tensor '\(tensor)' is also used by "
                + readers.map { "'\($0)'" }.joined(separator: ", ")
        case .badWeights(let node, let reason): "the classifier '\(node)' cannot be replaced: \(reason)"
        case .unknownUse(let node, let operation, let reason):
            "the classifier cannot be replaced: behind it, '\(node)' (\(operation)) \(reason)"
        case .contradiction(let value, let found, let classes):
            "the classifier cannot be replaced: the file says that '\(value)' has \(found) classes, its weights say \(classes)"
        case .badClasses(let classes, let most):
            "a classifier of \(classes) classes cannot be made: 2 to \(most) are possible here"
        }
    }
}
