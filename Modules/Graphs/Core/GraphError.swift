/// A graph, or a use of it, that cannot be.
public enum GraphError: Error, Equatable, CustomStringConvertible {
    /// An operator does not accept its operands.
    case badOperands(node: String, operation: String, reason: String)
    /// An operator states no gradient, but the loss depends on it through a trainable parameter.
    case notDifferentiable(node: String, operation: String)
    /// A node yields integers that depend on the data: they are not known when the program is compiled.
    case integersDependOnData(node: String, operation: String)
    /// An output holds integers.
    case integerOutput(name: String)
    /// An input's shape does not fit what the graph declares.
    case inputShape(name: String, declared: String, given: String)
    /// A name that the graph lacks.
    case unknownName(kind: String, name: String, known: [String])
    /// Two parameters share a name, or a shape is impossible.
    case badParameters(String)
    /// The loss is not one number.
    case lossIsNotScalar(shape: [Int])
    /// A network whose values are out of all proportion to what they are computed from; the first large one's node.
    case outOfProportion(node: String, operation: String, reason: String)
    /// Memory for constants or activations could not be had.
    case outOfMemory(String)

    public var description: String {
        switch self {
        case .badOperands(let node, let operation, let reason): "node '\(node)' (\(operation)): \(reason)"
        case .notDifferentiable(let node, let operation):
            "node '\(node)' (\(operation)) has no gradient, but trainable parameters lie behind it"
        case .integersDependOnData(let node, let operation):
            "node '\(node)' (\(operation)) computes integers from data; only integers that follow from shapes are known"
        case .integerOutput(let name): "output '\(name)' holds integers; a program's outputs are real numbers"
        case .inputShape(let name, let declared, let given):
            "input '\(name)' takes the shape \(declared), but was given \(given)"
        case .unknownName(let kind, let name, let known):
            "no \(kind) is named '\(name)'; there is \(known.joined(separator: ", "))"
        case .badParameters(let reason): reason
        case .lossIsNotScalar(let shape): "a loss must be one number, but this one has the shape \(shape)"
        case .outOfProportion(let node, let operation, let reason): "node '\(node)' (\(operation)) \(reason)"
        case .outOfMemory(let reason): reason
        }
    }
}

/// Why an operator does not accept its operands; the graph adds which node it was.
public struct OperandError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, and what would be right.
    public let description: String

    /// An error with a message.
    public init(_ description: String) { self.description = description }
}
