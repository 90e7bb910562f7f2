import Graphs

/// Layers below one another, as one layer; none of them is the identity.
public struct Sequential: Layer {
    /// The layers.
    public let layers: [any Layer]

    /// Layers in order.
    public init(@LayerBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        var value = value
        for layer in layers { value = try layer.apply(to: value, in: &builder) }
        return value
    }
}

/// Several branches of the same input, whose channels stand behind one another in the result.
///
/// ```swift
/// Concatenate {
///     Conv2D(64, kernel: 1)
///     Sequential {
///         Conv2D(48, kernel: 1)
///         Conv2D(64, kernel: 5, padding: 2)
///     }
/// }
/// ```
public struct Concatenate: Layer {
    /// The branches; each is given the same input.
    public let branches: [any Layer]

    /// Branches of one input.
    ///
    /// - Parameter branches: at least one layer; a ``Sequential`` is a branch of several.
    public init(@LayerBuilder _ branches: () -> [any Layer]) { self.branches = branches() }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        let branches = branches
        return try builder.scoped("mixed") { builder throws(GraphError) in
            var results: [ValueID?] = []
            for branch in branches {
                results.append(
                    try builder.scoped("branch") { builder throws(GraphError) in
                        try branch.apply(to: value, in: &builder)
                    })
            }
            return try builder.graph.append(Concat(axis: 1), inputs: results, name: builder.name("concat"))[0]
        }
    }
}
