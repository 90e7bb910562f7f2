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
/// so is a tensor added straight to the result of one of the first two. Operators that only move elements are looked
/// through.
///
/// Behind the first trained operator, an initialiser of more than one number that a result is multiplied by is a trained
/// factor, one that is added a trained shift: a layer's scale as in ConvNeXt, or a normalisation that an exporter took apart
/// (division by a square root counts as one). Before it, such tensors are what images are normalised with, and stay. So do
/// single numbers, what `Constant` nodes hold, which exporters write for numbers in a program's text, and operands of
/// other operators: a mean that is subtracted, a mask that `Where` reads. Who adds a fixed table behind trained layers,
/// positions or a mask, freezes it by its name.
///
/// TorchScript's exporter merges initialisers that happen to be equal and writes `Identity` nodes in their place: an
/// untrained network's scales and running variances are one tensor. Each such node is a parameter of its own here.
struct ParameterTable {
    /// The parameters: initialisers in the file's order, then what nodes hold.
    private(set) var parameters: [FileParameter] = []

    private static let transparent: Set<String> = [
        "Identity", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Cast", "CastLike",
    ]
    private static let linear: Set<String> = ["Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum"]
    private static let operands: [String: [(index: Int, kind: ParameterKind)]] = [
        "Conv": [(1, .weight), (2, .bias)], "Gemm": [(0, .weight), (1, .weight), (2, .bias)],
        "MatMul": [(0, .weight), (1, .weight)], "PRelu": [(1, .weight)],
        "ConvTranspose": [(1, .weight), (2, .bias)], "Einsum": (0..<8).map { ($0, .weight) },
        "BatchNormalization": [(1, .scale), (2, .shift), (3, .statistic), (4, .statistic)],
        "InstanceNormalization": [(1, .scale), (2, .shift)], "GroupNormalization": [(1, .scale), (2, .shift)],
        "LayerNormalization": [(1, .scale), (2, .shift)], "RMSNormalization": [(1, .scale)],
    ]

    private let graph: ONNXGraph
    private let nodes: [ExpandedNode]
    /// The number of the node that computes a value.
    private var producers: [String: Int] = [:]
    /// The value that another one's elements come from, by way of nodes that only move them.
    private var origins: [String: String] = [:]
    /// Values that come from data by way of a trained operator.
    private var learned: Set<String> = []
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
        if ["Add", "Mul"].contains(node.opType), node.inputs.count == 2 {
            for (index, other) in [(0, 1), (1, 0)] { mark(node, index, beside: node.inputs[other]) }
        }
        if isTrained(node) || isNormalization(node) || passesOn(node) { learned.formUnion(node.outputs) }
    }

    /// Marks what is added to a value or multiplied with it.
    private mutating func mark(_ node: ONNXNode, _ index: Int, beside other: String) {
        let isSum = node.opType == "Add"
        if isSum, let producer = producer(of: origin(other)), Self.linear.contains(producer.node.opType) {
            mark(node.inputs[index], .bias)
        } else if learned.contains(other), (graph[initializer: origin(node.inputs[index])]?.count ?? 0) > 1 {
            // Only what a normalisation is multiplied by starts near 1, as scales do.
            let source = producer(of: other)?.node
            let isNormalized = source.map(isNormalization) ?? false
            let kinds: (sum: ParameterKind, product: ParameterKind) = (
                source?.opType == "Mul" ? .shift : .bias, isNormalized ? .scale : .weight
            )
            mark(node.inputs[index], isSum ? kinds.sum : kinds.product)
        }
    }

    /// Whether an operand of its own kind is trained.
    private func isTrained(_ node: ONNXNode) -> Bool {
        (Self.operands[node.opType] ?? []).contains { operand in
            operand.index < node.inputs.count && found[origin(node.inputs[operand.index])] != nil
        }
    }

    /// Whether it divides by a square root, as a normalisation does that an exporter took apart.
    private func isNormalization(_ node: ONNXNode) -> Bool {
        node.opType == "Div" && node.inputs.count == 2 && producer(of: node.inputs[1])?.node.opType == "Sqrt"
    }

    private func passesOn(_ node: ONNXNode) -> Bool {
        node.opType != "Shape" && node.opType != "Size" && node.inputs.contains(where: learned.contains)
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
