import Buffers
import Graphs
import Tensors

/// Builds a graph from the nodes of a file.
struct GraphImporter {
    private let model: ONNXModel
    private let parameters: [FileParameter]
    private var graph: Graph
    private var values: [String: ValueID] = [:]
    private var failed: Set<String> = []
    private var unsupported: [ImportError.UnsupportedNode] = []

    /// Imports a model's graph.
    ///
    /// - Throws: ``ImportError`` that lists every node that cannot be imported.
    static func graph(of model: ONNXModel, parameters: [FileParameter]) throws -> Graph {
        var importer = GraphImporter(model, parameters)
        try importer.run()
        return importer.graph
    }

    private init(_ model: ONNXModel, _ parameters: [FileParameter]) {
        self.model = model
        self.parameters = parameters
        graph = Graph(name: model.graph.name.isEmpty ? "model" : model.graph.name)
    }

    private mutating func run() throws {
        guard ImportedModel.opsets.contains(model.opset) else { throw ImportError.opset(model.opset) }
        let source = model.graph
        guard source.dataInputs.count == 1, source.outputs.count >= 1 else {
            throw ImportError.interface(
                inputs: source.dataInputs.map(\.name), outputs: source.outputs.map(\.name))
        }
        for input in source.dataInputs {
            values[input.name] = graph.addInput(input.name, dimensions: dimensions(input))
        }
        for parameter in parameters {
            values[parameter.name] = graph.addParameter(
                parameter.name, shape: parameter.tensor.shape, kind: parameter.kind)
        }
        for (index, node) in source.nodes.enumerated() { try read(node, number: index) }
        guard unsupported.isEmpty else { throw ImportError.unsupported(unsupported) }
        for output in source.outputs {
            guard let id = values[output.name] else { throw ImportError.missingOutput(output.name) }
            graph.addOutput(id)
        }
    }

    private func dimensions(_ input: ONNXValue) -> [Dimension] {
        (input.shape ?? [.unknown, .unknown, .unknown, .unknown]).map { dimension in
            switch dimension {
            case .fixed(let size): .fixed(size)
            case .symbolic(let name): .symbolic(name)
            case .unknown: .symbolic("")
            }
        }
    }

    private mutating func read(_ node: ONNXNode, number: Int) throws {
        // A node that holds a parameter: the parameter is there already.
        if let output = node.outputs.first, values[output] != nil, ["Identity", "Constant"].contains(node.opType) {
            return
        }
        do {
            guard node.domain.isEmpty else {
                throw OperandError("operators of the domain '\(node.domain)' are not supported")
            }
            guard let family = OperatorBridges.family(of: node.opType) else {
                throw OperandError("this operator is not supported")
            }
            // What a failed node would have computed is missing here too; the cause is listed already.
            guard !node.inputs.contains(where: failed.contains) else { return fail(node) }
            let operands = try node.inputs.map { try operand($0) }
            let reader = NodeReader(
                node: node, opset: model.opset, operands: operands, values: operands.map { $0.map { graph[$0] } },
                salt: UInt64(number))
            switch try family.read(reader) {
            case .constant(let constant):
                values[node.outputs.first ?? ""] = graph.addConstant(constant, name: node.outputs.first ?? "")
            case .operation(let operation, let inputs):
                let results = try graph.append(
                    operation, inputs: inputs, name: node.label, outputNames: node.outputs)
                for (name, id) in zip(node.outputs, results) { values[name] = id }
            }
        } catch {
            let reason: String
            switch error {
            case let error as OperandError: reason = error.description
            case GraphError.badOperands(_, _, let message): reason = message
            default: reason = "\(error)"
            }
            unsupported.append(
                ImportError.UnsupportedNode(name: node.label, operation: node.operation, reason: reason))
            fail(node)
        }
    }

    private mutating func fail(_ node: ONNXNode) { failed.formUnion(node.outputs.filter { !$0.isEmpty }) }

    private mutating func operand(_ name: String) throws -> ValueID? {
        if name.isEmpty { return nil }
        if let known = values[name] { return known }
        guard let tensor = model.graph[initializer: name] else {
            throw OperandError("its input '\(name)' is computed by no node before it")
        }
        let id = graph.addConstant(try ConstantBridge.constant(tensor), name: name)
        values[name] = id
        return id
    }
}

extension ONNXNode {
    /// The operator, with its domain where that is not the standard one.
    public var operation: String { domain.isEmpty ? opType : "\(domain).\(opType)" }
}
