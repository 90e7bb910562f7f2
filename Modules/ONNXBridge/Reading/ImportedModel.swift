import Buffers
import Graphs

/// An ONNX model as a graph that can be trained, together with the file that it came from.
///
/// ```swift
/// let model = try ImportedModel(path: "network.onnx")
/// let network = try Network(graph: model.graph, parameters: model.parameters)
/// …
/// try model.write(network.parameters, to: "trained.onnx")
/// ```
public struct ImportedModel: Sendable {
    /// The operator versions that are read.
    public static let opsets = 7...28

    /// The file.
    public let file: ONNXModel
    /// Its network.
    public let graph: Graph
    /// Its weights and running statistics, converted to `Float`; names are those of the values that nodes read.
    public let parameters: ParameterStore<Float>
    /// Where in the file each parameter is, in the file's order.
    let sources: [FileParameter]
    /// Where those are that are frozen.
    let frozenSources: [FileParameter]

    /// The parameters of the file that are constants of the network: they are not trained, and keep their values.
    public var frozen: [ModelParameter] { frozenSources.map { ModelParameter($0) } }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - frozen: names of parameters that are not to be trained; see ``init(_:freezing:)``.
    /// - Throws: ``ONNXError`` if it cannot be read or is damaged, ``ImportError`` if its network cannot be imported.
    public init(path: String, freezing frozen: Set<String> = []) throws {
        try self.init(ONNXModel(path: path), freezing: frozen)
    }

    /// Imports a model that was read before.
    ///
    /// What is frozen becomes a constant of the graph. So it is no part of θ: no rule, decay or extrapolation can move it,
    /// and nothing is computed for a gradient that only frozen parameters would need.
    ///
    /// - Parameters:
    ///   - file: the model.
    ///   - frozen: names of ``ONNXModel/parameters`` that are not to be trained. Names of running statistics and of other
    ///     things mean nothing.
    ///   - freezesStatistics: whether batch normalisation uses the file's running statistics in training too, and keeps them.
    /// - Throws: as ``init(path:freezing:)``.
    public init(_ file: ONNXModel, freezing frozen: Set<String> = [], freezesStatistics: Bool = false) throws {
        func isFrozen(_ parameter: FileParameter) -> Bool {
            parameter.kind.isTrainable ? frozen.contains(parameter.name) : freezesStatistics
        }
        self.file = file
        let nodes = try FunctionExpansion.nodes(of: file)
        let all = ParameterTable(file.graph, nodes: nodes).parameters
        sources = all.filter { !isFrozen($0) }
        frozenSources = all.filter(isFrozen)
        graph = try BatchSize.graph(of: file, nodes: nodes, parameters: sources, frozen: frozenSources)
        // Only data that is there vouches for the sizes that the file gives.
        for source in sources { try source.tensor.requireElements() }
        parameters = try ParameterStore(layout: graph.parameterLayout())
        for source in sources {
            if let elements = parameters[source.name] { try source.tensor.copy(into: elements) }
        }
    }

    /// The names of the operators that are read.
    public static var operators: Set<String> { OperatorBridges.opTypes }

    /// Multiply-adds of one image's way through the network; `nil` while its size is open.
    public var multiplyAdds: Int? {
        guard let input = graph.inputs.first, case .input(let dimensions, _) = graph[input].role else { return nil }
        let shape = dimensions.enumerated().map { $0.element.size ?? ($0.offset == 0 ? 1 : 0) }
        guard !shape.contains(0), let typed = try? graph.specialized(inputShapes: [shape]) else { return nil }
        return typed.multiplyAdds / shape[0]
    }

    /// What a user should know before training: no batch norm left, a fixed batch size, constants that stay.
    public var remarks: [String] {
        var remarks: [String] = []
        let layout = parameters.layout
        let kinds = layout.segments.map(\.kind) + frozen.map(\.kind)
        // A network of our own that has none is meant to have none.
        if file.producerName != ModelWriter.producer, !kinds.contains(.scale) {
            remarks.append(
                "no batch normalisation to train (exporters fold it into the convolutions in evaluation mode)")
        }
        if case .fixed(let size)? = file.graph.dataInputs.first?.shape?.first {
            remarks.append("the batch size is fixed at \(size)")
        }
        let fixed = graph.nodes.filter { ($0.operation as? BatchNormalization)?.freezesStatistics == true }
        if frozenSources.contains(where: { $0.kind == .statistic }) {
            remarks.append("running statistics are used as they are, and stay")
        } else if !fixed.isEmpty {
            remarks.append(
                "running statistics stay as they are, because they are shared or computed: "
                    + fixed.map { "'\($0.name)'" }.joined(separator: ", "))
        }
        // A single number is a setting, such as a bound or a ratio.
        let known = Set(frozen.map(\.name))
        let kept = file.graph.initializers.filter {
            $0.dataType.isTrainable && $0.count > 1 && layout[$0.name] == nil && !known.contains($0.name)
        }
        if !kept.isEmpty {
            remarks.append("not trained: \(kept.map { "'\($0.name)'" }.joined(separator: ", "))")
        }
        if !kinds.contains(where: \.isTrainable) { remarks.append("nothing in it can be trained") }
        return remarks
    }
}
