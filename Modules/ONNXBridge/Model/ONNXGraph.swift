import CONNXProto

/// Nodes with the values that go in and out, and the constants among them.
public struct ONNXGraph: Sendable {
    /// The name.
    public let name: String
    /// The nodes, in an order in which every value is made before it is used.
    public let nodes: [ONNXNode]
    /// The constants: weights, statistics, shapes.
    public let initializers: [ONNXTensor]
    /// The names of constants that are given by their elements other than zero.
    public let sparseInitializers: [String]
    /// All inputs. Before IR version 4 the initialisers are among them; see ``dataInputs``.
    public let inputs: [ONNXValue]
    /// The outputs.
    public let outputs: [ONNXValue]
    /// What the file says of values in between.
    public let valueInfo: [ONNXValue]
    /// The way from the model to its message.
    let path: [WireKey]
    private let indices: [String: Int]

    /// The initialiser of a name, if there is one.
    public subscript(initializer name: String) -> ONNXTensor? { indices[name].map { initializers[$0] } }

    /// The inputs that have no default: what a caller has to supply.
    public var dataInputs: [ONNXValue] { inputs.filter { indices[$0.name] == nil } }

    init(_ proto: SlipOnnx__GraphProto, _ context: ParsingContext, _ path: [WireKey]) throws(ONNXError) {
        name = Parsed.text(proto.name)
        self.path = path
        nodes = try Self.nodes(proto.node, proto.n_node, context, path, field: WireNumber.Graph.node)
        var initializers: [ONNXTensor] = []
        var indices: [String: Int] = [:]
        for (index, tensor) in Parsed.messages(proto.initializer, proto.n_initializer).enumerated() {
            let inner = path + [WireKey(WireNumber.Graph.initializer, index)]
            initializers.append(try ONNXTensor(tensor, context, inner))
            guard indices.updateValue(index, forKey: initializers[index].name) == nil else {
                throw .invalidTensor(name: initializers[index].name, reason: "two initialisers have this name")
            }
        }
        self.initializers = initializers
        self.indices = indices
        sparseInitializers = Parsed.messages(proto.sparse_initializer, proto.n_sparse_initializer).map {
            Parsed.text($0.pointee.values?.pointee.name)
        }
        inputs = Parsed.messages(proto.input, proto.n_input).map { ONNXValue($0.pointee) }
        outputs = Parsed.messages(proto.output, proto.n_output).map { ONNXValue($0.pointee) }
        valueInfo = Parsed.messages(proto.value_info, proto.n_value_info).map { ONNXValue($0.pointee) }
    }

    static func nodes(
        _ messages: UnsafeMutablePointer<UnsafeMutablePointer<SlipOnnx__NodeProto>?>?, _ count: Int,
        _ context: ParsingContext, _ path: [WireKey], field: Int
    ) throws(ONNXError) -> [ONNXNode] {
        var nodes: [ONNXNode] = []
        nodes.reserveCapacity(count)
        for (index, node) in Parsed.messages(messages, count).enumerated() {
            nodes.append(try ONNXNode(node.pointee, context, path + [WireKey(field, index)]))
        }
        return nodes
    }
}

/// An operator that the model itself defines.
public struct ONNXFunction: Sendable {
    /// The operator's name.
    public let name: String
    /// Its family.
    public let domain: String
    /// Which of several functions of the same name this is; usually empty.
    public let overload: String
    /// The names of its inputs within its body.
    public let inputs: [String]
    /// The names of its outputs within its body.
    public let outputs: [String]
    /// The names of attributes that a call has to supply.
    public let attributes: [String]
    /// Attributes that a call may supply, with their defaults.
    public let attributeDefaults: [ONNXAttribute]
    /// Its body.
    public let nodes: [ONNXNode]
    /// What the file says of values in the body.
    public let valueInfo: [ONNXValue]
    /// The operator sets of its body, by domain; the standard one is empty.
    public let opsets: [String: Int]
    /// The way from the model to its message.
    let path: [WireKey]

    init(_ proto: SlipOnnx__FunctionProto, _ context: ParsingContext, _ path: [WireKey]) throws(ONNXError) {
        name = Parsed.text(proto.name)
        let domain = Parsed.text(proto.domain)
        self.domain = domain == "ai.onnx" ? "" : domain
        overload = Parsed.text(proto.overload)
        inputs = Parsed.texts(proto.input, proto.n_input)
        outputs = Parsed.texts(proto.output, proto.n_output)
        attributes = Parsed.texts(proto.attribute, proto.n_attribute)
        var defaults: [ONNXAttribute] = []
        for (index, attribute) in Parsed.messages(proto.attribute_proto, proto.n_attribute_proto).enumerated() {
            let inner = path + [WireKey(WireNumber.Function.attributeDefault, index)]
            defaults.append(try ONNXAttribute(attribute.pointee, context, inner))
        }
        attributeDefaults = defaults
        nodes = try ONNXGraph.nodes(proto.node, proto.n_node, context, path, field: WireNumber.Function.node)
        valueInfo = Parsed.messages(proto.value_info, proto.n_value_info).map { ONNXValue($0.pointee) }
        opsets = Parsed.opsets(proto.opset_import, proto.n_opset_import)
        self.path = path
    }
}
