extension ONNXEditor {
    /// Puts every node that is in training form into inference form, the form in which a model is used.
    ///
    /// A `BatchNormalization` loses its further outputs and its `training_mode`; a `Dropout` loses a third input that
    /// is always true. Notes on the types of outputs that are gone go as well. Bodies of functions are included.
    ///
    /// - Returns: the labels of the nodes that were changed.
    /// - Throws: ``ONNXError`` `outputsInUse` if a normalisation's training output is read by another node or is an
    ///   output of the graph, `invalidEdit` if a function's caller decides on the form.
    @discardableResult
    public mutating func convertToInferenceForm() throws(ONNXError) -> [String] {
        var changed = try convert(NodeScope(model))
        for function in model.functions { changed += try convert(NodeScope(function, in: model)) }
        return changed
    }

    private mutating func convert(_ scope: NodeScope) throws(ONNXError) -> [String] {
        var changed: [String] = []
        var gone: Set<String> = []
        var used: Set<String>?
        for node in scope.nodes where node.domain.isEmpty {
            switch node.opType {
            case "BatchNormalization" where try Self.isTraining(node, opset: scope.opset):
                let names = used ?? scope.usedNames()
                used = names
                let further = node.outputs.dropFirst().filter { !$0.isEmpty }
                let inUse = further.filter(names.contains)
                guard inUse.isEmpty else { throw .outputsInUse(node: node.label, outputs: inUse) }
                for index in node.outputs.indices.dropFirst() {
                    edit.set(node.path + [WireKey(WireNumber.Node.output, index)], to: .remove)
                }
                for attribute in node.attributes where attribute.name == "training_mode" {
                    edit.set(attribute.path, to: .remove)
                }
                gone.formUnion(further)
            case "Dropout" where scope.opset >= 12 && node.inputs.count > 2 && scope.isTrue(node.inputs[2]):
                edit.set(node.path + [WireKey(WireNumber.Node.input, 2)], to: .remove)
            default: continue
            }
            changed.append(node.label)
        }
        for (index, value) in scope.valueInfo.enumerated() where gone.contains(value.name) {
            edit.set(scope.notes + [WireKey(scope.notesField, index)], to: .remove)
        }
        return changed
    }

    /// Until opset 13 the number of outputs decides, from 14 on an attribute.
    private static func isTraining(_ node: ONNXNode, opset: Int) throws(ONNXError) -> Bool {
        guard opset >= 14 else { return node.outputs.dropFirst().contains { !$0.isEmpty } }
        switch node["training_mode"] {
        case .int(let mode): return mode != 0
        case .reference(let name):
            throw .invalidEdit(
                reason: "whether '\(node.label)' is in training form depends on its caller's attribute '\(name)'")
        default: return false
        }
    }
}

/// Nodes that see each other's values.
private struct NodeScope {
    let nodes: [ONNXNode]
    let outputs: [String]
    let opset: Int
    let valueInfo: [ONNXValue]
    /// The way to the message that holds the notes on types, and their field in it.
    let notes: [WireKey]
    let notesField: Int
    private let graph: ONNXGraph?
    /// Which node makes a value.
    private let makers: [String: Int]

    init(_ model: ONNXModel) {
        nodes = model.graph.nodes
        outputs = model.graph.outputs.map(\.name)
        opset = model.opset
        valueInfo = model.graph.valueInfo
        notes = model.graph.path
        notesField = WireNumber.Graph.valueInfo
        graph = model.graph
        makers = Self.makers(nodes)
    }

    init(_ function: ONNXFunction, in model: ONNXModel) {
        nodes = function.nodes
        outputs = function.outputs
        opset = function.opsets[""] ?? model.opset
        valueInfo = function.valueInfo
        notes = function.path
        notesField = WireNumber.Function.valueInfo
        graph = nil
        makers = Self.makers(nodes)
    }

    private static func makers(_ nodes: [ONNXNode]) -> [String: Int] {
        var result: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for output in node.outputs { result[output] = index }
        }
        return result
    }

    /// The names of all values that somebody reads, the graphs within nodes included.
    func usedNames() -> Set<String> {
        var names = Set(outputs)
        func visit(_ nodes: [ONNXNode]) {
            for node in nodes {
                names.formUnion(node.inputs)
                for graph in node.attributes.flatMap(\.graphs) {
                    names.formUnion(graph.outputs.map(\.name))
                    visit(graph.nodes)
                }
            }
        }
        visit(nodes)
        return names
    }

    /// Whether a value is a constant and true, be it by way of a few nodes that pass it on.
    func isTrue(_ name: String) -> Bool {
        var name = name
        for _ in 0..<64 {
            if let tensor = graph?[initializer: name] { return (try? tensor.integers())?.first == 1 }
            guard let maker = makers[name].map({ nodes[$0] }), maker.domain.isEmpty else { return false }
            switch maker.opType {
            case "Constant":
                guard case .tensor(let tensor)? = maker["value"] else { return false }
                return (try? tensor.integers())?.first == 1
            case "Identity": name = maker.inputs.first ?? ""
            default: return false
            }
        }
        return false
    }
}
