import Graphs

/// A node as it is imported: one of the graph, or one of a function's body at the place of a call.
struct ExpandedNode: Sendable {
    /// The node, with the names and attributes that it has at its place.
    let node: ONNXNode
    /// The version of the standard operators that it is written in.
    let opset: Int
    /// Why it cannot be imported, where that is known already: a call that cannot be replaced.
    var fault: String?
    /// Whether it stands in the graph itself, not in a function's body.
    var isOwn = true
}

/// Replaces calls of the functions that a model defines by their bodies.
///
/// Values of a body get names that nothing else has; its inputs and outputs have the caller's. What is the same for every
/// call has one name: ``SharedNodes``.
struct FunctionExpansion {
    /// How deep calls may be nested.
    static let greatestDepth = 64
    /// How many nodes, operands and results may come of calls: small functions that call each other twice are a short way
    /// to very many.
    static let greatestSize = 400_000

    /// All nodes, in an order in which every value is made before it is used.
    private(set) var nodes: [ExpandedNode] = []

    private let functions: [Key: ONNXFunction]
    private var names: Set<String>
    /// The last number behind a name that many have asked for: calls without names are all called the same.
    private var numbers: [String: Int] = [:]
    private var shared = SharedNodes()
    private var size = 0
    /// The call that was one too many.
    private var excess: ONNXNode?

    private typealias Key = SharedNodes.Function

    /// What a call gives its function.
    private struct Call {
        /// Where it is: nodes of the body are named behind it.
        let label: String
        var values: [String: String]
        /// The caller's names of results that the body has yet to make.
        var results: [String: String]
        let attributes: [String: ONNXAttribute]
        let opset: Int
        let stack: [Key]
    }

    /// Expands a model's graph.
    ///
    /// - Throws: ``ImportError/unsupported(_:)`` if calls come to more than can be meant. A call that is wrong by itself
    ///   stays, with the fault.
    static func nodes(of model: ONNXModel) throws(ImportError) -> [ExpandedNode] {
        guard !model.functions.isEmpty else {
            return model.graph.nodes.map { ExpandedNode(node: $0, opset: model.opset) }
        }
        var expansion = FunctionExpansion(model)
        for node in model.graph.nodes { expansion.add(node, opset: model.opset, stack: []) }
        if let excess = expansion.excess {
            let reason = "with it, the model's calls come to more than \(greatestSize) nodes, operands and results"
            throw .unsupported([.init(name: excess.label, operation: excess.operation, reason: reason)])
        }
        return expansion.nodes
    }

    private init(_ model: ONNXModel) {
        var functions: [Key: ONNXFunction] = [:]
        for function in model.functions {
            let key = Key(domain: function.domain, name: function.name, overload: function.overload)
            // Of several of one name the first counts, as for other readers.
            if functions[key] == nil { functions[key] = function }
        }
        self.functions = functions
        names = Set(model.graph.inputs.map(\.name) + model.graph.initializers.map(\.name))
        for node in model.graph.nodes { names.formUnion(node.outputs) }
    }

    private mutating func add(_ node: ONNXNode, opset: Int, stack: [Key]) {
        let key = SharedNodes.function(calledBy: node)
        guard let function = functions[key] else {
            nodes.append(ExpandedNode(node: node, opset: opset, isOwn: stack.isEmpty))
            return
        }
        guard excess == nil else { return }
        do { try expand(node, function, stack: stack + [key]) } catch {
            nodes.append(ExpandedNode(node: node, opset: opset, fault: "\(error)", isOwn: stack.isEmpty))
        }
    }

    private mutating func expand(_ node: ONNXNode, _ function: ONNXFunction, stack: [Key]) throws(OperandError) {
        guard !stack.dropLast().contains(stack[stack.count - 1]) else {
            let way = stack.map(\.name).joined(separator: " → ")
            throw OperandError("the function '\(function.name)' calls itself (\(way)), which ONNX does not allow")
        }
        guard stack.count <= Self.greatestDepth else {
            throw OperandError("its call is nested more than \(Self.greatestDepth) deep")
        }
        var call = try Self.call(node, function, stack)
        let values = function.nodes.reduce(0) { $0 + $1.inputs.count + $1.outputs.count + 1 }
        // Long names count as well: every call makes them anew.
        let names = function.nodes.reduce(0) { $0 + $1.name.utf8.count + $1.outputs.reduce(0) { $0 + $1.utf8.count } }
        size += values * (1 + call.label.utf8.count / 256) + names / 64
        guard size <= Self.greatestSize else { return excess = node }
        for (index, inner) in function.nodes.enumerated() { addBody(inner, at: index, &call) }
        for (name, actual) in zip(function.outputs, node.outputs) where !actual.isEmpty {
            // An input or a constant that is handed on, or a result that is given twice.
            guard let value = call.values[name], value != actual else { continue }
            nodes.append(ExpandedNode(node: node.identity(from: value, to: actual), opset: call.opset, isOwn: false))
        }
    }

    /// Checks a call against its function.
    private static func call(
        _ node: ONNXNode, _ function: ONNXFunction, _ stack: [Key]
    ) throws(OperandError) -> Call {
        let name = function.name
        guard node.inputs.count <= function.inputs.count, node.outputs.count <= function.outputs.count else {
            throw OperandError(
                "the function '\(name)' takes \(function.inputs.count) operands and gives \(function.outputs.count) "
                    + "results, but the call has \(node.inputs.count) and \(node.outputs.count)")
        }
        guard Set(function.inputs).count == function.inputs.count else {
            throw OperandError("two operands of the function '\(name)' have the same name")
        }
        guard let opset = function.opsets[""] ?? function.opsets["ai.onnx"], ImportedModel.opsets.contains(opset)
        else {
            let version = function.opsets[""].map { "is written in opset \($0)" } ?? "does not say its opset"
            throw OperandError(
                "the function '\(name)' \(version); opsets \(ImportedModel.opsets.lowerBound) to "
                    + "\(ImportedModel.opsets.upperBound) are read")
        }
        var attributes: [String: ONNXAttribute] = [:]
        for attribute in function.attributeDefaults { attributes[attribute.name] = attribute }
        let known = Set(function.attributes).union(attributes.keys)
        for attribute in node.attributes {
            guard known.contains(attribute.name) else {
                throw OperandError("the function '\(name)' has no attribute '\(attribute.name)'")
            }
            attributes[attribute.name] = attribute
        }
        var values: [String: String] = [:]
        for (index, input) in function.inputs.enumerated() where !input.isEmpty {
            values[input] = index < node.inputs.count ? node.inputs[index] : ""
        }
        var results: [String: String] = [:]
        for (name, actual) in zip(function.outputs, node.outputs) where !actual.isEmpty && results[name] == nil {
            results[name] = actual
        }
        return Call(
            label: node.label, values: values, results: results, attributes: attributes, opset: opset, stack: stack)
    }

    /// Adds a node of a body, unless an earlier call has added the same.
    private mutating func addBody(_ node: ONNXNode, at index: Int, _ call: inout Call) {
        let attributes = node.attributes.compactMap { attribute -> ONNXAttribute? in
            guard case .reference(let name) = attribute.value else { return attribute }
            // What neither the call nor a default gives is left out of the body too.
            return call.attributes[name].map { attribute.referring(to: $0) }
        }
        if node.opType == "Constant", node.domain.isEmpty, let output = node.outputs.first, !output.isEmpty,
            let value = attributes.first
        {
            call.results[output] = nil
            if let known = shared.constant(value) { return call.values[output] = known }
            let name = unique(call.label, output)
            call.values[output] = name
            shared.add(name, for: value)
        }
        let inputs = node.inputs.map { name in name.isEmpty ? "" : call.values[name] ?? unknown(name, call) }
        var use: SharedNodes.Use?
        if let function = call.stack.last, functions[SharedNodes.function(calledBy: node)] == nil {
            use = shared.use(of: node, at: index, in: function, inputs: inputs, attributes: attributes)
        }
        if let use, let known = shared.results(of: use) {
            for (name, value) in zip(node.outputs, known) where !name.isEmpty {
                call.results[name] = nil
                call.values[name] = value
            }
            return
        }
        let outputs = node.outputs.map { name -> String in
            if name.isEmpty { return "" }
            if let known = call.values[name], !known.isEmpty { return known }
            let new = call.results.removeValue(forKey: name) ?? unique(call.label, name)
            call.values[name] = new
            return new
        }
        let inner = node.replacing(
            name: "\(call.label)/\(node.name.isEmpty ? node.opType : node.name)", inputs: inputs,
            outputs: outputs, attributes: attributes)
        add(inner, opset: call.opset, stack: call.stack)
        if let use { shared.add(outputs, of: use) }
    }

    /// A name in a body that no node before has made: it must not become that of a value outside.
    private func unknown(_ name: String, _ call: Call) -> String { "\(call.label)/\(name) (not in the function)" }

    private mutating func unique(_ label: String, _ name: String) -> String {
        let wanted = "\(label)/\(name)"
        if names.insert(wanted).inserted { return wanted }
        var number = numbers[wanted, default: 1]
        repeat { number += 1 } while !names.insert("\(wanted)_\(number)").inserted
        numbers[wanted] = number
        return "\(wanted)_\(number)"
    }
}
