import CONNXProto

/// One application of an operator.
public struct ONNXNode: Sendable {
    /// The name, which may be empty and need not be unique.
    public let name: String
    /// The operator.
    public let opType: String
    /// The family of operators; empty for the standard ones.
    public let domain: String
    /// Which of several functions of the same name is meant; usually empty.
    public let overload: String
    /// The values that it reads; an empty name is one that is left out.
    public let inputs: [String]
    /// The values that it makes; an empty name is one that is left out.
    public let outputs: [String]
    /// Its constants, in the file's order.
    public let attributes: [ONNXAttribute]
    /// The way from the model to its message.
    let path: [WireKey]
    let owner: ParsedModel

    /// The constant of a name, if there is one.
    public subscript(name: String) -> ONNXAttribute.Value? { attributes.first { $0.name == name }?.value }

    /// The name, or what tells the node from others: its operator and its first output.
    public var label: String { name.isEmpty ? "\(opType) → \(outputs.first ?? "")" : name }

    init(_ proto: SlipOnnx__NodeProto, _ context: ParsingContext, _ path: [WireKey]) throws(ONNXError) {
        name = Parsed.text(proto.name)
        opType = Parsed.text(proto.op_type)
        let domain = Parsed.text(proto.domain)
        self.domain = domain == "ai.onnx" ? "" : domain
        overload = Parsed.text(proto.overload)
        inputs = Parsed.texts(proto.input, proto.n_input)
        outputs = Parsed.texts(proto.output, proto.n_output)
        self.path = path
        owner = context.owner
        var attributes: [ONNXAttribute] = []
        for (index, attribute) in Parsed.messages(proto.attribute, proto.n_attribute).enumerated() {
            let inner = path + [WireKey(WireNumber.Node.attribute, index)]
            attributes.append(try ONNXAttribute(attribute.pointee, context, inner))
        }
        self.attributes = attributes
    }
}

extension ONNXNode {
    private init(
        _ original: ONNXNode, name: String, opType: String, domain: String, inputs: [String], outputs: [String],
        attributes: [ONNXAttribute]
    ) {
        self.name = name
        self.opType = opType
        self.domain = domain
        overload = original.overload
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes
        path = original.path
        owner = original.owner
    }

    /// The node with other names and attributes: what it is at the place of a function's call.
    func replacing(
        name: String, inputs: [String], outputs: [String], attributes: [ONNXAttribute]
    ) -> ONNXNode {
        ONNXNode(
            self, name: name, opType: opType, domain: domain, inputs: inputs, outputs: outputs, attributes: attributes)
    }

    /// In place of this node, one that hands a value on.
    func identity(from input: String, to output: String) -> ONNXNode {
        ONNXNode(
            self, name: name, opType: "Identity", domain: "", inputs: [input], outputs: [output], attributes: [])
    }

    /// Whether it takes attributes of the call of the function that it stands in.
    var refersToCaller: Bool {
        attributes.contains { if case .reference = $0.value { true } else { false } }
    }
}
