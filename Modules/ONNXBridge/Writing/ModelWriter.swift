import Buffers
import Graphs

/// Writes a graph that was made from layers as a new ONNX model.
///
/// By default the model has opset 17, the newest that Debian 12's checker and every current runtime accept. Its IR version
/// is that of ONNX's release with the opset.
public struct ModelWriter {
    /// The version of the operators that it writes unless another is asked for.
    public static let opset = 17
    /// The versions of the operators that it can write.
    public static let opsets = 13...20
    /// What a file that it writes names as its maker.
    static let producer = "slipstream"

    private let graph: Graph
    private let parameters: ParameterStore<Float>
    private let opset: Int
    private var names: ValueNames
    private var nodes: [[UInt8]] = []
    private var constants: [(name: String, value: Constant)] = []
    private var truths: [(name: String, shape: [Int], elements: [Int])] = []

    /// A graph as the bytes of an ONNX model.
    ///
    /// - Parameters:
    ///   - graph: a graph as layers make it.
    ///   - parameters: its weights and statistics.
    ///   - opset: the version of the operators, one of ``opsets``; by default 17.
    /// - Throws: ``ONNXError/notExpressible(reason:)`` for an operator that this version does not have, a version out of
    ///   range, parameters of another graph, or a model beyond the 2 GiB that one file can hold.
    public static func bytes(
        of graph: Graph, parameters: ParameterStore<Float>, opset: Int = ModelWriter.opset
    ) throws -> [UInt8] {
        guard opsets.contains(opset) else {
            throw ONNXError.notExpressible(
                reason: "opset \(opset) is not written; \(opsets.lowerBound) to \(opsets.upperBound) are")
        }
        guard try graph.parameterLayout() == parameters.layout else {
            throw ONNXError.notExpressible(reason: "the parameters' names, shapes or order are not those of the graph")
        }
        var writer = ModelWriter(graph, parameters, opset)
        for node in graph.nodes { try writer.write(node) }
        return try writer.model()
    }

    private init(_ graph: Graph, _ parameters: ParameterStore<Float>, _ opset: Int) {
        self.graph = graph
        self.opset = opset
        self.parameters = parameters
        names = ValueNames(graph)
    }

    /// The version of the file format that ONNX's release with the opset brought.
    private var irVersion: Int { opset < 15 ? 7 : opset < 19 ? 8 : 9 }

    private mutating func write(_ node: Node) throws {
        var operands = NodeWriter(node, in: graph, opset: opset)
        guard let form = try Self.form(of: node, &operands) else {
            throw ONNXError.notExpressible(
                reason: "opset \(opset) has no operator for node '\(node.name)' (\(type(of: node.operation).name))"
            )
        }
        var inputs = operands.operands.map { name(of: $0, at: node) }
        while inputs.last?.isEmpty == true { inputs.removeLast() }
        let bytes = WireWriter.message { proto in
            for input in inputs { proto.text(WireNumber.Node.input, input) }
            for output in node.outputs { proto.text(WireNumber.Node.output, names[output]) }
            proto.text(WireNumber.Node.name, node.name)
            proto.text(WireNumber.Node.opType, form.opType)
            for (name, value) in form.attributes {
                proto.message(WireNumber.Node.attribute) { $0.attribute(name, value) }
            }
        }
        nodes.append(bytes)
    }

    private static func form(of node: Node, _ operands: inout NodeWriter) throws -> NodeForm? {
        do {
            for family in OperatorBridges.all {
                if let form = try family.write(node.operation, &operands) { return form }
            }
            return nil
        } catch let error as OperandError {
            throw ONNXError.notExpressible(
                reason: "node '\(node.name)' (\(type(of: node.operation).name)): \(error)")
        }
    }

    private mutating func name(of operand: NodeWriter.Operand, at node: Node) -> String {
        switch operand {
        case .absent: return ""
        case .value(let id): return names[id]
        case .constant(let value):
            let name = names.add("\(names[node.outputs[0]])/constant_\(constants.count + truths.count)")
            constants.append((name, value))
            return name
        case .truths(let shape, let elements):
            let name = names.add("\(names[node.outputs[0]])/constant_\(constants.count + truths.count)")
            truths.append((name, shape, elements))
            return name
        }
    }

    /// Checks that so many parameters fit one file: there is no need to draw those that do not.
    ///
    /// - Throws: ``ONNXError/notExpressible(reason:)``.
    public static func check(parameters count: Int) throws(ONNXError) {
        // Protocol Buffers allow no more, and nor does any reader.
        guard count <= (1 << 31 - 1 << 20) / 4 else {
            throw .notExpressible(reason: "\(count) parameters do not fit the 2 GiB that an ONNX file can hold")
        }
    }

    private func model() throws -> [UInt8] {
        try Self.check(parameters: parameters.values.count)
        return try WireWriter.message { proto in
            proto.reserve(4 * parameters.values.count + 1 << 16)
            proto.integer(WireNumber.Model.irVersion, irVersion)
            proto.text(WireNumber.Model.producerName, Self.producer)
            proto.message(WireNumber.Model.opsetImport) { opset in
                opset.text(WireNumber.Opset.domain, "")
                opset.integer(WireNumber.Opset.version, self.opset)
            }
            try proto.message(WireNumber.Model.graph) { try write(to: &$0) }
        }
    }

    private func write(to proto: inout WireWriter) throws {
        for node in nodes { proto.data(WireNumber.Graph.node, node) }
        proto.text(WireNumber.Graph.name, graph.name.isEmpty ? "network" : graph.name)
        for id in graph.parameters {
            guard let segment = parameters.layout[graph[id].name] else { continue }
            let elements = UnsafeRawBufferPointer(parameters[segment])
            proto.message(WireNumber.Graph.initializer) { $0.tensor(names[id], segment.shape, .float, elements) }
        }
        for (name, value) in usedConstants() + constants {
            proto.message(WireNumber.Graph.initializer) { $0.tensor(name, value) }
        }
        for (name, shape, elements) in truths {
            proto.message(WireNumber.Graph.initializer) { $0.truths(name, shape, elements) }
        }
        for id in graph.inputs {
            guard case .input(let dimensions, let kind) = graph[id].role else { continue }
            proto.message(WireNumber.Graph.input) { $0.value(names[id], kind, dimensions) }
        }
        let shapes = try OutputShapes(graph)
        for (id, dimensions) in zip(graph.outputs, shapes.dimensions) {
            let kind = graph.type(of: id)?.kind ?? .real
            proto.message(WireNumber.Graph.output) { $0.value(names[id], kind, dimensions) }
        }
    }

    /// The graph's constants that a node reads or that are results.
    private func usedConstants() -> [(name: String, value: Constant)] {
        let used = Set(graph.nodes.flatMap { $0.inputs.compactMap { $0 } } + graph.outputs)
        return used.sorted { $0.index < $1.index }.compactMap { id in
            graph[id].constant.map { (names[id], $0) }
        }
    }
}
