import Buffers
import Graphs
import Tensors

/// Writes a graph that was made from layers as a new ONNX model.
///
/// The model has IR version 8 and opset 17, the newest that Debian 12's checker and every current runtime accept.
public struct ModelWriter {
    /// The version of the operators that it writes.
    public static let opset = 17
    /// What a file that it writes names as its maker.
    static let producer = "slipstream"
    private static let irVersion = 8

    private let graph: Graph
    private let parameters: ParameterStore<Float>
    private var names: [String] = []
    private var nodes: [[UInt8]] = []
    private var constants: [(name: String, value: NodeWriter.Constant)] = []

    /// A graph as the bytes of an ONNX model.
    ///
    /// - Parameters:
    ///   - graph: a graph as layers make it.
    ///   - parameters: its weights and statistics.
    /// - Throws: ``ONNXError/invalidEdit(reason:)`` for an operator that ONNX does not have, or parameters of another
    ///   graph.
    public static func bytes(of graph: Graph, parameters: ParameterStore<Float>) throws -> [UInt8] {
        guard try graph.parameterLayout() == parameters.layout else {
            throw ONNXError.invalidEdit(reason: "the parameters' names, shapes or order are not those of the graph")
        }
        var writer = ModelWriter(graph, parameters)
        for node in graph.nodes { try writer.write(node) }
        return try writer.model()
    }

    private init(_ graph: Graph, _ parameters: ParameterStore<Float>) {
        self.graph = graph
        self.parameters = parameters
        var used: Set<String> = []
        for (index, value) in graph.values.enumerated() {
            var name = value.name.isEmpty ? "value_\(index)" : value.name
            while !used.insert(name).inserted { name += "_" }
            names.append(name)
        }
    }

    private mutating func write(_ node: Node) throws {
        var writer = NodeWriter(
            inputs: node.inputs.map { $0.map { names[$0.index] } ?? "" }, prefix: names[node.outputs[0].index])
        for family in OperatorBridges.all {
            guard let form = family.write(node.operation, &writer) else { continue }
            constants += writer.constants
            var proto = ProtoWriter()
            for input in writer.inputs { proto.text(WireNumber.Node.input, input) }
            for output in node.outputs { proto.text(WireNumber.Node.output, names[output.index]) }
            proto.text(3, node.name)
            proto.text(4, form.opType)
            for (name, value) in form.attributes {
                proto.message(WireNumber.Node.attribute) { Self.attribute(name, value, &$0) }
            }
            nodes.append(proto.bytes)
            return
        }
        throw ONNXError.invalidEdit(
            reason: "ONNX opset \(Self.opset) has no operator for node '\(node.name)' "
                + "(\(type(of: node.operation).name))")
    }

    private static func attribute(_ name: String, _ value: AttributeForm, _ proto: inout ProtoWriter) {
        proto.text(1, name)
        switch value {
        case .float(let number):
            proto.float(2, Float(number))
            proto.integer(20, 1)
        case .int(let number):
            proto.integer(3, number)
            proto.integer(20, 2)
        case .text(let text):
            proto.text(4, text)
            proto.integer(20, 3)
        case .ints(let numbers):
            for number in numbers { proto.integer(8, number) }
            proto.integer(20, 7)
        }
    }

    private func model() throws -> [UInt8] {
        var proto = ProtoWriter()
        proto.integer(1, Self.irVersion)
        proto.text(2, Self.producer)
        proto.message(8) { opset in
            opset.text(1, "")
            opset.integer(2, Self.opset)
        }
        try proto.message(7) { try writeGraph(&$0) }
        return proto.bytes
    }

    private func writeGraph(_ proto: inout ProtoWriter) throws {
        for node in nodes { proto.data(1, node) }
        proto.text(2, graph.name)
        for id in graph.parameters {
            guard let segment = parameters.layout[graph[id].name] else { continue }
            let elements = UnsafeRawBufferPointer(parameters[segment])
            proto.message(5) { Self.tensor(names[id.index], segment.shape, .float, elements, &$0) }
        }
        for (index, value) in graph.values.enumerated() {
            switch value.constant {
            case nil: continue
            case .real(let tensor):
                tensor.withElements { elements in
                    proto.message(5) {
                        Self.tensor(names[index], tensor.shape, .float, UnsafeRawBufferPointer(elements), &$0)
                    }
                }
            case .integer(let shape, let elements):
                Self.integers(elements.map { Int64($0) }, shape, names[index], &proto)
            }
        }
        for (name, value) in constants {
            switch value {
            case .integers(let elements): Self.integers(elements.map { Int64($0) }, [elements.count], name, &proto)
            case .number(let number):
                withUnsafeBytes(of: Float(number)) { bytes in
                    proto.message(5) { Self.tensor(name, [], .float, bytes, &$0) }
                }
            }
        }
        for id in graph.inputs {
            guard case .input(let dimensions, _) = graph[id].role else { continue }
            proto.message(11) { Self.value(names[id.index], dimensions, &$0) }
        }
        for id in graph.outputs { proto.message(12) { Self.value(names[id.index], outputDimensions(id), &$0) } }
    }

    /// An output's shape; its batch is the input's, where that is open.
    private func outputDimensions(_ id: ValueID) -> [Dimension] {
        guard let shape = graph.type(of: id)?.shape else { return [] }
        guard case .input(let dimensions, _)? = graph.inputs.first.map({ graph[$0].role }),
            let batch = dimensions.first, batch.size == nil
        else { return shape.map { .fixed($0) } }
        return shape.enumerated().map { $0.offset == 0 ? batch : .fixed($0.element) }
    }

    private static func integers(_ elements: [Int64], _ shape: [Int], _ name: String, _ proto: inout ProtoWriter) {
        elements.withUnsafeBytes { bytes in proto.message(5) { tensor(name, shape, .int64, bytes, &$0) } }
    }

    private static func tensor(
        _ name: String, _ shape: [Int], _ type: ONNXDataType, _ elements: UnsafeRawBufferPointer,
        _ proto: inout ProtoWriter
    ) {
        for dimension in shape { proto.integer(1, dimension) }
        proto.integer(2, Int(type.rawValue))
        proto.text(8, name)
        proto.data(9, elements)
    }

    private static func value(_ name: String, _ dimensions: [Dimension], _ proto: inout ProtoWriter) {
        proto.text(1, name)
        proto.message(2) { type in
            type.message(1) { tensor in
                tensor.integer(1, Int(ONNXDataType.float.rawValue))
                tensor.message(2) { shape in
                    for dimension in dimensions {
                        shape.message(1) { proto in
                            switch dimension {
                            case .fixed(let size): proto.integer(1, size)
                            case .symbolic(let name) where !name.isEmpty: proto.text(2, name)
                            case .symbolic: break
                            }
                        }
                    }
                }
            }
        }
    }
}
