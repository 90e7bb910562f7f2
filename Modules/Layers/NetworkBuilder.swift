import Buffers
import Graphs

/// A part of a network: operators applied to a value, with parameters of their own.
public protocol Layer: Sendable {
    /// Adds the layer's operators behind a value.
    ///
    /// - Returns: the layer's result.
    /// - Throws: `GraphError` if the value does not suit the layer.
    func apply(to value: ValueID, in builder: inout NetworkBuilder) throws(GraphError) -> ValueID
}

/// A graph under construction, with the initialisers of its parameters and names for its parts.
public struct NetworkBuilder {
    /// The graph so far.
    public var graph: Graph
    /// The images, N x C x H x W with N open.
    public let image: ValueID
    var initializers: [String: Initializer] = [:]
    private var scope: [String] = []
    private var counts: [String: Int] = [:]

    /// A whole network: layers below one another, the last of which gives the logits.
    ///
    /// - Throws: ``NetworkError/badInput(_:)``, or `GraphError` if a layer does not accept what comes before it.
    init(name: String, input: [Int], layers: [any Layer]) throws {
        guard input.count == 3, input.allSatisfy({ $0 > 0 && $0 <= 1 << 16 }) else {
            throw NetworkError.badInput(input)
        }
        graph = Graph(name: name)
        image = graph.addInput("images", dimensions: [.symbolic("batch")] + input.map { .fixed($0) })
        var value = image
        for layer in layers { value = try layer.apply(to: value, in: &self) }
        graph.addOutput(value)
    }

    /// The shape of a value for a batch of one.
    public func shape(of value: ValueID) -> [Int] { graph.type(of: value)?.shape ?? [] }

    /// A name for a layer inside the current scope: `conv1`, `conv2`, …, in the order in which layers are added.
    public mutating func name(_ kind: String) -> String {
        let prefix = (scope + [kind]).joined(separator: ".")
        counts[prefix, default: 0] += 1
        return "\(prefix)\(counts[prefix] ?? 1)"
    }

    /// Adds layers whose names start with a name of their own.
    public mutating func scoped<Result>(
        _ kind: String, _ body: (inout NetworkBuilder) throws(GraphError) -> Result
    ) throws(GraphError) -> Result {
        let outer = scope
        scope = [name(kind)]
        defer { scope = outer }
        return try body(&self)
    }

    /// Adds a parameter called `name` and says how it starts.
    public mutating func parameter(
        _ name: String, shape: [Int], kind: ParameterKind, _ initializer: Initializer
    ) -> ValueID {
        initializers[name] = initializer
        return graph.addParameter(name, shape: shape, kind: kind)
    }
}

/// Collects layers that stand below one another.
@resultBuilder
public enum LayerBuilder {
    /// One layer.
    public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
    /// Layers made elsewhere.
    public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
    /// Layers below one another.
    public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
    /// Layers under a condition.
    public static func buildOptional(_ layers: [any Layer]?) -> [any Layer] { layers ?? [] }
    /// One of two alternatives.
    public static func buildEither(first layers: [any Layer]) -> [any Layer] { layers }
    /// One of two alternatives.
    public static func buildEither(second layers: [any Layer]) -> [any Layer] { layers }
    /// Layers made in a loop.
    public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
}
