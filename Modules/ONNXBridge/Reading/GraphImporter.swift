import Buffers
import Graphs
import Tensors

/// Builds a graph from the nodes of a file.
struct GraphImporter {
    private let model: ONNXModel
    private var builder: GraphBuilder
    private var values: [String: ValueID] = [:]
    /// Every name that a node reads, and the outputs.
    private let used: Set<String>
    /// Nodes that hold a parameter, by the name of the value that they give.
    private var holders: Set<String>
    private var failed: Set<String> = []
    /// Truth values of the file: constants are integers in the graph, what nodes compute are real numbers.
    private var truths: Set<ValueID> = []
    private var unsupported: [ImportError.UnsupportedNode] = []

    /// Imports a model's graph.
    ///
    /// - Parameters:
    ///   - model: the file.
    ///   - nodes: its nodes, calls of functions expanded.
    ///   - parameters: which of its tensors are parameters.
    ///   - frozen: which would be, but are constants.
    ///   - batch: a size for the batch where the file leaves it open; `nil` keeps it open.
    /// - Throws: ``ImportError`` that lists every node that cannot be imported.
    static func graph(
        of model: ONNXModel, nodes: [ExpandedNode], parameters: [FileParameter], frozen: [FileParameter] = [],
        batch: Int? = nil
    ) throws -> Graph {
        var importer = GraphImporter(model, nodes, parameters)
        try importer.addInput(batch: batch)
        for parameter in parameters {
            importer.values[parameter.name] = importer.builder.graph.addParameter(
                parameter.name, shape: parameter.tensor.shape, kind: parameter.kind)
        }
        // Where it repeats a tensor that is trained, it must not follow that.
        for parameter in frozen where parameter.identity != nil {
            importer.holders.insert(parameter.name)
            importer.values[parameter.name] = importer.builder.graph.addConstant(
                try ConstantBridge.constant(parameter.tensor), name: parameter.name)
        }
        for (index, node) in nodes.enumerated() { importer.read(node, number: index) }
        guard importer.unsupported.isEmpty else { throw ImportError.unsupported(importer.unsupported) }
        try importer.addOutputs()
        return importer.builder.graph
    }

    private init(_ model: ONNXModel, _ nodes: [ExpandedNode], _ parameters: [FileParameter]) {
        self.model = model
        builder = GraphBuilder(Graph(name: model.graph.name.isEmpty ? "model" : model.graph.name))
        used = Set(nodes.flatMap(\.node.inputs) + model.graph.outputs.map(\.name))
        holders = Set(parameters.map(\.name).filter { model.graph[initializer: $0] == nil })
    }

    private mutating func addInput(batch: Int?) throws {
        guard ImportedModel.opsets.contains(model.opset) else { throw ImportError.opset(model.opset) }
        let inputs = model.graph.dataInputs
        guard inputs.count == 1, model.graph.outputs.count >= 1 else {
            throw ImportError.interface(inputs: inputs.map(\.name), outputs: model.graph.outputs.map(\.name))
        }
        guard inputs[0].dataType?.isTrainable ?? true else {
            throw ImportError.inputType(name: inputs[0].name, type: inputs[0].dataType?.description ?? "")
        }
        var dimensions = inputs[0].dimensions
        if let batch, !dimensions.isEmpty { dimensions[0] = .fixed(batch) }
        values[inputs[0].name] = builder.graph.addInput(inputs[0].name, dimensions: dimensions)
    }

    private mutating func addOutputs() throws {
        for output in model.graph.outputs {
            guard let id = values[output.name], builder.sequences[id] == nil else {
                throw ImportError.missingOutput(output.name)
            }
            builder.graph.addOutput(id)
        }
    }

    private mutating func read(_ item: ExpandedNode, number: Int) {
        let node = item.node
        // The parameter that the node holds is there already.
        if let output = node.outputs.first, holders.remove(output) != nil { return }
        do {
            if let fault = item.fault { throw OperandError(fault) }
            try add(node, opset: item.opset, number: number)
        } catch {
            let reason =
                switch error {
                case GraphError.badOperands(_, _, let message): message
                default: "\(error)"
                }
            unsupported.append(
                ImportError.UnsupportedNode(name: node.label, operation: node.operation, reason: reason))
            fail(node)
        }
    }

    private mutating func add(_ node: ONNXNode, opset: Int, number: Int) throws {
        guard node.domain.isEmpty else {
            throw OperandError(
                "operators of the domain '\(node.domain)' are not supported, and no function of the model defines this one"
            )
        }
        guard let family = OperatorBridges.family(of: node.opType) else {
            throw OperandError("this operator is not supported")
        }
        for output in node.outputs where values[output] != nil || model.graph[initializer: output] != nil {
            throw OperandError("its output '\(output)' is the name of another value")
        }
        // What a failed node would have computed is missing here too; the cause is listed already.
        guard !node.inputs.contains(where: failed.contains) else { return fail(node) }
        let operands = try node.inputs.map { try operand($0) }
        var reader = NodeReader(
            node, opset: opset, operands: operands, in: builder.graph,
            usedOutputs: (node.outputs.lastIndex(where: used.contains) ?? -1) + 1, truths: truths,
            salt: UInt64(number))
        let reading = try family.read(&reader)
        try reader.finish()
        let results = try builder.add(reading, of: node)
        for (output, id) in zip(node.outputs, results) where !output.isEmpty { values[output] = id }
        if reader.givesTruths { truths.formUnion(results) }
        if let index = node.outputs.indices.dropFirst(results.count).first(where: { used.contains(node.outputs[$0]) }) {
            throw OperandError(
                "its output '\(node.outputs[index])' is used, but only its first "
                    + (results.count == 1 ? "output is supported" : "\(results.count) outputs are supported"))
        }
    }

    private mutating func fail(_ node: ONNXNode) { failed.formUnion(node.outputs.filter { !$0.isEmpty }) }

    private mutating func operand(_ name: String) throws -> ValueID? {
        if name.isEmpty { return nil }
        if let known = values[name] { return known }
        guard let tensor = model.graph[initializer: name] else {
            let isSparse = model.graph.sparseInitializers.contains(name)
            throw OperandError(
                isSparse
                    ? "its input '\(name)' is a sparse initialiser, which is not supported"
                    : "its input '\(name)' is computed by no node before it")
        }
        let id = builder.graph.addConstant(try ConstantBridge.constant(tensor), name: name)
        values[name] = id
        if tensor.dataType == .bool { truths.insert(id) }
        return id
    }
}

extension ONNXNode {
    /// The operator, with its domain where that is not the standard one.
    public var operation: String { domain.isEmpty ? opType : "\(domain).\(opType)" }
}

extension ONNXFunction {
    /// The operator that it defines, as ``ONNXNode/operation`` names it.
    public var operation: String { domain.isEmpty ? name : "\(domain).\(name)" }
}

extension ONNXValue {
    /// The dimensions of an input; those of images where the file says nothing.
    var dimensions: [Dimension] {
        (shape ?? [.unknown, .unknown, .unknown, .unknown]).map { dimension in
            switch dimension {
            case .fixed(let size): .fixed(size)
            case .symbolic(let name): .symbolic(name)
            case .unknown: .symbolic("")
            }
        }
    }
}
