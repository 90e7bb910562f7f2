import CONNXProto

/// A named constant of a node.
public struct ONNXAttribute: Sendable {
    /// What an attribute holds.
    public enum Value: Sendable {
        /// A number.
        case float(Float)
        /// An integer.
        case int(Int64)
        /// A text; bytes that are no UTF-8 are repaired.
        case string(String)
        /// A constant array.
        case tensor(ONNXTensor)
        /// A graph: the body of a branch or a loop.
        case graph(ONNXGraph)
        /// Numbers.
        case floats([Float])
        /// Integers.
        case ints([Int64])
        /// Texts.
        case strings([String])
        /// Constant arrays.
        case tensors([ONNXTensor])
        /// Graphs.
        case graphs([ONNXGraph])
        /// In a function's body: the value of the call's attribute of this name.
        case reference(String)
        /// A sparse array or a type, by the name of the kind; or nothing at all.
        case other(String)
    }

    /// The name.
    public let name: String
    /// The constant.
    public let value: Value
    /// The way from the model to its message.
    let path: [WireKey]
    let owner: ParsedModel

    init(
        _ proto: SlipOnnx__AttributeProto, _ context: ParsingContext, _ path: [WireKey]
    ) throws(ONNXError) {
        name = Parsed.text(proto.name)
        self.path = path
        owner = context.owner
        if let reference = proto.ref_attr_name, reference[0] != 0 {
            value = .reference(Parsed.text(reference))
            return
        }
        switch Self.kind(proto) {
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT: value = .float(proto.f)
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT: value = .int(proto.i)
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING: value = .string(Self.string(proto.s))
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR:
            guard let tensor = proto.t else { throw .missing(field: "tensor in attribute '\(name)'") }
            value = .tensor(try ONNXTensor(tensor, context, path + [WireKey(WireNumber.Attribute.tensor)]))
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH:
            guard let graph = proto.g else { throw .missing(field: "graph in attribute '\(name)'") }
            value = .graph(try ONNXGraph(graph.pointee, context, path + [WireKey(WireNumber.Attribute.graph)]))
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
            value = .floats(Array(UnsafeBufferPointer(start: proto.floats, count: proto.n_floats)))
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
            value = .ints(Array(UnsafeBufferPointer(start: proto.ints, count: proto.n_ints)))
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS:
            value = .strings(UnsafeBufferPointer(start: proto.strings, count: proto.n_strings).map(Self.string))
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSORS:
            var tensors: [ONNXTensor] = []
            for (index, tensor) in Parsed.messages(proto.tensors, proto.n_tensors).enumerated() {
                let inner = path + [WireKey(WireNumber.Attribute.tensors, index)]
                tensors.append(try ONNXTensor(tensor, context, inner))
            }
            value = .tensors(tensors)
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPHS:
            var graphs: [ONNXGraph] = []
            for (index, graph) in Parsed.messages(proto.graphs, proto.n_graphs).enumerated() {
                let inner = path + [WireKey(WireNumber.Attribute.graphs, index)]
                graphs.append(try ONNXGraph(graph.pointee, context, inner))
            }
            value = .graphs(graphs)
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSOR: value = .other("sparse tensor")
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSORS: value = .other("sparse tensors")
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTO: value = .other("type")
        case SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTOS: value = .other("types")
        default: value = .other("nothing")
        }
    }

    private init(name: String, _ other: ONNXAttribute) {
        self.name = name
        value = other.value
        path = other.path
        owner = other.owner
    }

    /// The attribute with what an attribute of a call holds.
    func referring(to other: ONNXAttribute) -> ONNXAttribute { ONNXAttribute(name: name, other) }

    /// The graphs that it holds.
    var graphs: [ONNXGraph] {
        switch value {
        case .graph(let graph): [graph]
        case .graphs(let graphs): graphs
        default: []
        }
    }

    /// The constant arrays that it holds.
    var tensors: [ONNXTensor] {
        switch value {
        case .tensor(let tensor): [tensor]
        case .tensors(let tensors): tensors
        default: []
        }
    }

    /// The kind that the file states; the first versions of ONNX did not, but had only one member present.
    private static func kind(_ proto: SlipOnnx__AttributeProto) -> SlipOnnx__AttributeProto__AttributeType {
        if proto.has_type != 0, proto.type != SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED {
            return proto.type
        }
        if proto.has_f != 0 { return SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT }
        if proto.has_i != 0 { return SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT }
        if proto.has_s != 0 { return SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING }
        if proto.t != nil { return SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR }
        if proto.g != nil { return SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH }
        if proto.n_floats > 0 { return SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS }
        if proto.n_ints > 0 { return SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS }
        if proto.n_strings > 0 { return SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS }
        return SLIP_ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED
    }

    private static func string(_ data: ProtobufCBinaryData) -> String {
        String(decoding: UnsafeBufferPointer(start: data.data, count: data.len), as: UTF8.self)
    }
}
