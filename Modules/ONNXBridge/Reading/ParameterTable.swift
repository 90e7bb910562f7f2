import Buffers

/// A tensor of a file that is trained: what it is, and where its elements are.
struct FileParameter: Sendable {
    /// The name of the value that nodes read.
    let name: String
    /// What it is for.
    let kind: ParameterKind
    /// The tensor that holds its elements.
    let tensor: ONNXTensor
    /// The `Identity` node that repeats a tensor which other parameters share; it becomes a constant of its own.
    let identity: ONNXNode?
}

/// Decides which tensors of a file are trained, and as what.
///
/// A file does not say. What a convolution, a matrix product, a normalisation or a `PRelu` takes as its weights is trained;
/// so is a tensor added straight to the result of one of the first two. Other real tensors, such as a mean that is
/// subtracted from images, stay as they are. Operators that only move elements are looked through.
///
/// TorchScript's exporter merges initialisers that happen to be equal and writes `Identity` nodes in their place: an
/// untrained network's scales and running variances are one tensor. Each such node is a parameter of its own here.
struct ParameterTable {
    /// The parameters: initialisers in the file's order, then what nodes hold.
    private(set) var parameters: [FileParameter] = []

    private static let transparent: Set<String> = [
        "Identity", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Cast", "CastLike",
    ]
    private static let linear: Set<String> = ["Conv", "Gemm", "MatMul"]
    private static let operands: [String: [(index: Int, kind: ParameterKind)]] = [
        "Conv": [(1, .weight), (2, .bias)], "Gemm": [(0, .weight), (1, .weight), (2, .bias)],
        "MatMul": [(0, .weight), (1, .weight)], "PRelu": [(1, .weight)],
        "BatchNormalization": [(1, .scale), (2, .shift), (3, .statistic), (4, .statistic)],
    ]

    private let graph: ONNXGraph
    private let nodes: [ExpandedNode]
    /// The number of the node that computes a value.
    private var producers: [String: Int] = [:]
    /// The value that another one's elements come from, by way of nodes that only move them.
    private var origins: [String: String] = [:]
    private var found: [String: FileParameter] = [:]
    private var conflicting: Set<String> = []

    /// Finds the parameters of a graph.
    ///
    /// - Parameters:
    ///   - graph: the graph with its initialisers.
    ///   - nodes: its nodes, calls of functions expanded.
    init(_ graph: ONNXGraph, nodes: [ExpandedNode]) {
        self.graph = graph
        self.nodes = nodes
        var readers: [String: Int] = [:]
        for (index, item) in nodes.enumerated() {
            for output in item.node.outputs where !output.isEmpty { producers[output] = index }
            for input in item.node.inputs { readers[input, default: 0] += 1 }
        }
        // Nodes stand in order, so the origin of an operand is known when its reader's is asked for.
        for item in nodes where item.node.domain.isEmpty && Self.transparent.contains(item.node.opType) {
            guard let input = item.node.inputs.first, let output = item.node.outputs.first else { continue }
            if repeated(by: item) != nil, readers[input, default: 0] > 1 { continue }
            origins[output] = origin(input)
        }
        for node in nodes.lazy.map(\.node) where node.domain.isEmpty { mark(node) }
        var order: [String] = graph.initializers.map(\.name)
        order += nodes.compactMap(\.node.outputs.first).filter { graph[initializer: $0] == nil }
        parameters = order.compactMap { name in
            conflicting.contains(name) ? nil : found.removeValue(forKey: name)
        }
    }

    private mutating func mark(_ node: ONNXNode) {
        for (index, kind) in Self.operands[node.opType] ?? [] where index < node.inputs.count {
            mark(node.inputs[index], kind)
        }
        guard node.opType == "Add", node.inputs.count == 2 else { return }
        for (index, other) in [(0, 1), (1, 0)] {
            if let producer = producer(of: origin(node.inputs[other])), Self.linear.contains(producer.node.opType) {
                mark(node.inputs[index], .bias)
            }
        }
    }

    private mutating func mark(_ operand: String, _ kind: ParameterKind) {
        let name = origin(operand)
        guard let known = found[name] else {
            found[name] = parameter(name, kind)
            return
        }
        // Statistics that two normalisations share, or that are weights elsewhere, cannot follow both: they stay.
        if kind == .statistic || known.kind == .statistic { conflicting.insert(name) }
    }

    private func parameter(_ name: String, _ kind: ParameterKind) -> FileParameter? {
        if let tensor = graph[initializer: name] {
            return tensor.dataType.isTrainable
                ? FileParameter(name: name, kind: kind, tensor: tensor, identity: nil) : nil
        }
        guard let item = producer(of: name), item.node.outputs.first == name else { return nil }
        if item.node.opType == "Constant", case .tensor(let tensor)? = item.node["value"], tensor.dataType.isTrainable {
            return FileParameter(name: name, kind: kind, tensor: tensor, identity: nil)
        }
        guard let tensor = repeated(by: item), tensor.dataType.isTrainable else { return nil }
        return FileParameter(name: name, kind: kind, tensor: tensor, identity: item.node)
    }

    private func origin(_ operand: String) -> String { origins[operand] ?? operand }

    /// The node of the standard operators that computes a value.
    private func producer(of name: String) -> ExpandedNode? {
        producers[name].map { nodes[$0] }.flatMap { $0.node.domain.isEmpty ? $0 : nil }
    }

    /// The initialiser that an `Identity` node repeats. One in a function's body does so for every call: it stays.
    private func repeated(by item: ExpandedNode) -> ONNXTensor? {
        guard item.isOwn, item.node.opType == "Identity", let input = item.node.inputs.first else { return nil }
        return graph[initializer: input]
    }
}
