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

    /// Reads a file.
    ///
    /// - Throws: ``ONNXError`` if it cannot be read or is damaged, ``ImportError`` if its network cannot be imported.
    public init(path: String) throws { try self.init(ONNXModel(path: path)) }

    /// Imports a model that was read before.
    ///
    /// - Throws: as ``init(path:)``.
    public init(_ file: ONNXModel) throws {
        self.file = file
        let nodes = try FunctionExpansion.nodes(of: file)
        sources = ParameterTable(file.graph, nodes: nodes).parameters
        graph = try BatchSize.graph(of: file, nodes: nodes, parameters: sources)
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
        // A network of our own that has none is meant to have none.
        if file.producerName != ModelWriter.producer, !layout.segments.contains(where: { $0.kind == .scale }) {
            remarks.append(
                "no batch normalisation to train (exporters fold it into the convolutions in evaluation mode)")
        }
        if case .fixed(let size)? = file.graph.dataInputs.first?.shape?.first {
            remarks.append("the batch size is fixed at \(size)")
        }
        let frozen = graph.nodes.filter { ($0.operation as? BatchNormalization)?.freezesStatistics == true }
        if !frozen.isEmpty {
            remarks.append(
                "running statistics stay as they are, because they are shared or computed: "
                    + frozen.map { "'\($0.name)'" }.joined(separator: ", "))
        }
        // A single number is a setting, such as a bound or a ratio.
        let kept = file.graph.initializers.filter {
            $0.dataType.isTrainable && $0.count > 1 && layout[$0.name] == nil
        }
        if !kept.isEmpty {
            remarks.append("not trained: \(kept.map { "'\($0.name)'" }.joined(separator: ", "))")
        }
        if !layout.segments.contains(where: { $0.kind.isTrainable }) { remarks.append("nothing in it can be trained") }
        return remarks
    }
}
