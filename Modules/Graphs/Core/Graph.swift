import Buffers
import Tensors

/// A value of a graph, by its index.
public struct ValueID: Sendable, Hashable {
    /// The index into ``Graph/values``.
    public let index: Int
}

/// Where a value comes from.
public enum ValueRole: Sendable {
    /// The caller gives it for each run: its shape, and the kind of its elements.
    case input([Dimension], kind: ValueType.Kind)
    /// It is a slice of the parameter vector.
    case parameter(ParameterKind)
    /// It is known before any data is.
    case constant(Constant)
    /// A node computes it.
    case result
}

/// An edge of a graph.
public struct Value: Sendable {
    /// Its name; names of parameters are unique.
    public var name: String
    /// Where it comes from.
    public var role: ValueRole
    /// Its type, where known. An open batch size counts as 1 until ``Graph/specialized(inputShapes:)`` fixes it; values
    /// that follow from an input with other open dimensions have no type before.
    public var type: ValueType?

    /// Its elements, if they are known before any data is.
    public var constant: Constant? {
        if case .constant(let constant) = role { constant } else { nil }
    }
}

/// One application of an operator.
public struct Node: Sendable {
    /// Its name in messages and files.
    public var name: String
    /// What it computes.
    public var operation: any Operator
    /// The operands; `nil` where an optional one is left out.
    public var inputs: [ValueID?]
    /// The results.
    public var outputs: [ValueID]
}

/// A network: operators applied to inputs, parameters and constants, in an order in which they can be computed.
///
/// Layers build a graph, the ONNX bridge reads and writes it, differentiation extends it, the compiler turns it into a
/// ``Program``. A graph is a value; it holds no weights, only the names, shapes and kinds of its parameters.
public struct Graph: Sendable {
    /// The graph's name.
    public var name: String
    /// All values; a `ValueID` is an index into them.
    public internal(set) var values: [Value] = []
    /// All nodes; each stands after those that compute its operands.
    public internal(set) var nodes: [Node] = []
    /// What the caller gives, in order.
    public internal(set) var inputs: [ValueID] = []
    /// What the caller gets, in order.
    public internal(set) var outputs: [ValueID] = []
    /// The parameters, in order of declaration.
    public internal(set) var parameters: [ValueID] = []

    /// An empty graph.
    public init(name: String) { self.name = name }

    /// The value with an identifier of this graph.
    public subscript(id: ValueID) -> Value { values[id.index] }

    /// The type of a value.
    public func type(of id: ValueID) -> ValueType? { values[id.index].type }

    /// The parameter vector's layout: trainable parameters in order of declaration, then statistics.
    ///
    /// - Throws: ``GraphError/badParameters(_:)`` if two parameters share a name.
    public func parameterLayout() throws(GraphError) -> ParameterLayout {
        do {
            return try ParameterLayout(
                parameters.map { id in
                    guard case .parameter(let kind) = self[id].role else { return (self[id].name, [], .weight) }
                    return (self[id].name, self[id].type?.shape ?? [], kind)
                })
        } catch { throw .badParameters(error.description) }
    }

    /// Multiply-adds of one run, summed over the nodes whose operand shapes are known; at most `Int.max`.
    public var multiplyAdds: Int {
        nodes.reduce(0) { total, node in
            let inputs = node.inputs.map { $0.flatMap { self.type(of: $0) } }
            let outputs = node.outputs.compactMap { type(of: $0) }
            guard outputs.count == node.outputs.count else { return total }
            let (sum, overflow) = total.addingReportingOverflow(
                node.operation.multiplyAdds(inputs: inputs, outputs: outputs))
            return overflow ? .max : sum
        }
    }
}
