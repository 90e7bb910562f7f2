import Buffers
import Graphs

/// A network with its weights: a graph from images to logits, and the parameter vector that it reads.
///
/// ```swift
/// let network = try Network(name: "tiny", input: [1, 8, 8], seed: 0) {
///     Conv2D(16, kernel: 3, padding: 1)
///     ReLU()
///     MaxPool2D(2)
///     Dense(10)
/// }
/// ```
public struct Network: Sendable {
    /// From one input, N x C x H x W, to one output, N x classes.
    public let graph: Graph
    /// The weights, and the running statistics behind them.
    public let parameters: ParameterStore<Float>

    /// A network from a graph and weights of its layout.
    ///
    /// - Throws: ``NetworkError`` unless the graph has one input of images and at least one output.
    public init(graph: Graph, parameters: ParameterStore<Float>) throws {
        guard graph.inputs.count == 1, graph.outputs.count >= 1 else {
            throw NetworkError.interface(inputs: graph.inputs.count, outputs: graph.outputs.count)
        }
        guard try graph.parameterLayout() == parameters.layout else { throw NetworkError.foreignParameters }
        self.graph = graph
        self.parameters = parameters
    }

    /// Builds a network from layers and draws its weights.
    ///
    /// - Parameters:
    ///   - name: the graph's name.
    ///   - input: channels, height and width of an image.
    ///   - seed: the same seed gives the same weights; every parameter draws from a stream of its own.
    ///   - layers: the layers in order; the last one's outputs are the logits.
    /// - Throws: `GraphError` if a layer does not accept what comes before it.
    public init(
        name: String, input: [Int], seed: UInt64, @LayerBuilder _ layers: () -> [any Layer]
    ) throws {
        try self.init(NetworkBuilder(name: name, input: input, layers: layers()), seed: seed)
    }

    init(_ builder: NetworkBuilder, seed: UInt64) throws {
        let store = try ParameterStore<Float>(layout: builder.graph.parameterLayout())
        for (index, segment) in store.layout.segments.enumerated() {
            var random = Philox(seed: seed, stream: UInt64(index))
            builder.initializers[segment.name]?.fill(store[segment], random: &random)
        }
        graph = builder.graph
        parameters = store
    }

    /// Channels, height and width of an image; `nil` where the graph leaves a dimension open.
    public var imageShape: [Int?] {
        guard case .input(let dimensions, _) = graph[graph.inputs[0]].role else { return [] }
        return dimensions.dropFirst().map(\.size)
    }
}

/// A network that cannot be.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
    /// Not one input and an output.
    case interface(inputs: Int, outputs: Int)
    /// The parameter vector belongs to another graph.
    case foreignParameters
    /// Not a channel count, a height and a width.
    case badInput([Int])
    /// Images on which a layer of an architecture has no room.
    case tooSmall(architecture: String, height: Int, width: Int, smallest: Int, reason: String)
    /// No such architecture.
    case unknownArchitecture(name: String, known: [String])

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .interface(let inputs, let outputs):
            "a network takes one input (images) and gives logits, but this graph has \(inputs) inputs "
                + "and \(outputs) outputs"
        case .foreignParameters: "the parameters' names, shapes or order are not those of the graph"
        case .badInput(let shape):
            "an input is channels x height x width, each from 1 to 65536, not \(shape)"
        case .tooSmall(let architecture, let height, let width, let smallest, let reason):
            "images of \(height)x\(width) pixels are too small for \(architecture), which takes \(smallest)x\(smallest) "
                + "and larger ones: \(reason)"
        case .unknownArchitecture(let name, let known):
            "no architecture is named '\(name)'\(Spelling.hint(for: name, among: known)) Known: \(known.joined(separator: ", "))"
        }
    }
}
