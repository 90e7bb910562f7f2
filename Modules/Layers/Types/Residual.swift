import Graphs

/// The sum of two branches of the same input, followed by a ReLU.
///
/// K. He, X. Zhang, S. Ren, J. Sun, *Deep residual learning for image recognition*, CVPR 2016.
public struct Residual: Layer {
    /// The main branch.
    public let branch: [any Layer]
    /// The other branch; the input itself where empty.
    public let shortcut: [any Layer]

    /// A residual block.
    public init(
        @LayerBuilder _ branch: () -> [any Layer], @LayerBuilder shortcut: () -> [any Layer] = { [] }
    ) {
        self.branch = branch()
        self.shortcut = shortcut()
    }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        let (branch, shortcut) = (branch, shortcut)
        return try builder.scoped("block") { builder throws(GraphError) in
            var main = value
            for layer in branch { main = try layer.apply(to: main, in: &builder) }
            let side = try builder.scoped("shortcut") { builder throws(GraphError) in
                var side = value
                for layer in shortcut { side = try layer.apply(to: side, in: &builder) }
                return side
            }
            let sum = try builder.graph.apply(Add(), main, side, name: builder.name("add"))
            return try builder.graph.apply(Relu(), sum, name: builder.name("relu"))
        }
    }
}
