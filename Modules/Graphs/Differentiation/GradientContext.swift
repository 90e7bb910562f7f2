import Tensors

/// What an operator's gradient rule works with: its node, the gradients of its results, and a graph to add nodes to.
public struct GradientContext {
    /// The node to differentiate.
    public let node: Node
    var graph: Graph
    let outputGradients: [ValueID?]
    let needed: [Bool]
    var contributions: [(ValueID, ValueID)] = []

    /// An operand.
    public func input(_ index: Int) -> ValueID { node.inputs[index]! }

    /// Whether an operand was given.
    public func has(_ index: Int) -> Bool { index < node.inputs.count && node.inputs[index] != nil }

    /// A result of the node's forward computation.
    public func output(_ index: Int = 0) -> ValueID { node.outputs[index] }

    /// The gradient of the loss with respect to a result; `nil` if the loss does not depend on it.
    public func outputGradient(_ index: Int = 0) -> ValueID? { outputGradients[index] }

    /// Whether the gradient with respect to an operand is wanted.
    public func needsGradient(_ index: Int) -> Bool { index < needed.count && needed[index] }

    /// The shape of any value.
    public func shape(of value: ValueID) -> [Int] { graph[value].type?.shape ?? [] }

    /// Adds a node and returns its first result.
    public mutating func emit(_ operation: any Operator, _ inputs: ValueID?...) throws(GraphError) -> ValueID {
        try emitAll(operation, inputs)[0]
    }

    /// Adds a node and returns all its results.
    public mutating func emitAll(_ operation: any Operator, _ inputs: [ValueID?]) throws(GraphError) -> [ValueID] {
        try graph.append(
            operation, inputs: inputs, name: "\(node.name)/gradient/\(type(of: operation).name)_\(graph.nodes.count)")
    }

    /// The gradient before an activation that the node itself applies, given the one behind it.
    public mutating func gradient(
        _ gradient: ValueID, before activation: Activation
    ) throws(GraphError) -> ValueID {
        switch activation {
        case .identity: gradient
        case .relu: try emit(ReluGradient(), gradient, output())
        }
    }

    /// Adds a list of integers: the axes or the shape that an emitted node takes.
    public mutating func integers(_ elements: [Int]) -> ValueID { graph.addConstant(.integers(elements)) }

    /// Adds a single number, which broadcasts to every shape.
    public mutating func number(_ value: Float) throws(GraphError) -> ValueID {
        do {
            return graph.addConstant(.real(try Tensor(shape: [], elements: [value])))
        } catch { throw .outOfMemory("\(error)") }
    }

    /// States (a part of) the gradient with respect to an operand. Parts are added up.
    public mutating func contribute(_ gradient: ValueID, to index: Int) {
        contributions.append((node.inputs[index]!, gradient))
    }
}
