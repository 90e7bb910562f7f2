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
    /// The number of the node that computes a value.
    private var producers: [String: Int] = [:]
    /// The value that another one's elements come from, by way of nodes that only move them.
    private var origins: [String: String] = [:]
    private var found: [String: FileParameter] = [:]
    private var conflicting: Set<String> = []

    /// Finds the parameters of a graph.
    init(_ graph: ONNXGraph) {
        self.graph = graph
        var readers: [String: Int] = [:]
        for (index, node) in graph.nodes.enumerated() {
            for output in node.outputs where !output.isEmpty { producers[output] = index }
            for input in node.inputs { readers[input, default: 0] += 1 }
        }
        // Nodes stand in order, so the origin of an operand is known when its reader's is asked for.
        for node in graph.nodes where node.domain.isEmpty && Self.transparent.contains(node.opType) {
            guard let input = node.inputs.first, let output = node.outputs.first else { continue }
            if repeated(by: node) != nil, readers[input, default: 0] > 1 { continue }
            origins[output] = origin(input)
        }
        for node in graph.nodes where node.domain.isEmpty { mark(node) }
        var order: [String] = graph.initializers.map(\.name)
        order += graph.nodes.compactMap(\.outputs.first).filter { graph[initializer: $0] == nil }
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
            if let producer = producer(of: origin(node.inputs[other])), Self.linear.contains(producer.opType) {
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
        guard let node = producer(of: name), node.outputs.first == name else { return nil }
        if node.opType == "Constant", case .tensor(let tensor)? = node["value"], tensor.dataType.isTrainable {
            return FileParameter(name: name, kind: kind, tensor: tensor, identity: nil)
        }
        guard let tensor = repeated(by: node), tensor.dataType.isTrainable else { return nil }
        return FileParameter(name: name, kind: kind, tensor: tensor, identity: node)
    }

    private func origin(_ operand: String) -> String { origins[operand] ?? operand }

    /// The node of the standard operators that computes a value.
    private func producer(of name: String) -> ONNXNode? {
        producers[name].map { graph.nodes[$0] }.flatMap { $0.domain.isEmpty ? $0 : nil }
    }

    /// The initialiser that an `Identity` node repeats.
    private func repeated(by node: ONNXNode) -> ONNXTensor? {
        guard node.opType == "Identity", let input = node.inputs.first else { return nil }
        return graph[initializer: input]
    }
}
