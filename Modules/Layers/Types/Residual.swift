import Graphs

/// The sum of two branches of the same input, followed by a ReLU: relu(shortcut + scale · branch).
///
/// K. He, X. Zhang, S. Ren, J. Sun, *Deep residual learning for image recognition*, CVPR 2016.
public struct Residual: Layer {
    /// The main branch.
    public let branch: [any Layer]
    /// The other branch; the input itself where empty.
    public let shortcut: [any Layer]
    /// What the main branch is multiplied by.
    public let scale: Double
    /// Whether a ReLU follows.
    public let activates: Bool

    /// A residual block.
    ///
    /// - Parameters:
    ///   - scale: what the main branch is multiplied by; from 0.1 to 0.3 steadies very wide networks (C. Szegedy et al.,
    ///     *Inception-v4*, AAAI 2017).
    ///   - activates: whether a ReLU follows the sum.
    ///   - branch: the main branch.
    ///   - shortcut: the other branch; the input itself where empty.
    public init(
        scale: Double = 1, activates: Bool = true, @LayerBuilder _ branch: () -> [any Layer],
        @LayerBuilder shortcut: () -> [any Layer] = { [] }
    ) {
        self.scale = scale
        self.activates = activates
        self.branch = branch()
        self.shortcut = shortcut()
    }

    public func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID {
        let (branch, shortcut, scale, activates) = (branch, shortcut, scale, activates)
        return try builder.scoped("block") { builder throws(GraphError) in
            var main = value
            for layer in branch { main = try layer.apply(to: main, in: &builder) }
            if scale != 1 {
                main = try builder.graph.apply(Scale(factor: scale), main, name: builder.name("scale"))
            }
            let side = try builder.scoped("shortcut") { builder throws(GraphError) in
                var side = value
                for layer in shortcut { side = try layer.apply(to: side, in: &builder) }
                return side
            }
            let sum = try builder.graph.apply(Add(), main, side, name: builder.name("add"))
            return !activates ? sum : try builder.graph.apply(Relu(), sum, name: builder.name("relu"))
        }
    }
}
