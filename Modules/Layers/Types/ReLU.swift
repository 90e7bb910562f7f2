import Graphs

/// max(x, 0).
public struct ReLU: Layer {
    /// The activation.
    public init() {}

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        try builder.graph.apply(Relu(), value, name: builder.name("relu"))
    }
}
