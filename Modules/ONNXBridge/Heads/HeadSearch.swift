/// Finds the classifier of a graph: the last product with weights before the first output.
struct HeadSearch {
    /// What was found.
    struct Found {
        let node: ONNXNode
        /// The node that adds the offsets, where the product itself does not.
        let adder: ONNXNode?
        let weight: HeadTensor
        let bias: HeadTensor?
        /// The rank of what the product computes, where that is known, and the dimension that counts the classes.
        let axis: ClassAxis
    }

    /// Operators that keep every class apart, and the dimensions as they are.
    static let elementwise: Set<String> = [
        "Identity", "Cast", "Dropout", "Softmax", "LogSoftmax", "Hardmax", "Relu", "LeakyRelu", "Clip", "Elu", "Selu",
        "Celu",
        "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Softplus", "Log", "Exp", "Neg", "Abs",
    ]
    /// Operators on a value and one number.
    static let arithmetic: Set<String> = ["Add", "Sub", "Mul", "Div"]
    /// Operators that shrink an image.
    static let pooling: Set<String> = ["GlobalAveragePool", "GlobalMaxPool", "AveragePool", "MaxPool"]
    static let reductions: Set<String> = ["ReduceMean", "ReduceMax", "ReduceSum", "ReduceMin"]
    static let shaping: Set<String> = ["Flatten", "Reshape", "Squeeze", "Transpose"]

    private let graph: ONNXGraph
    private let uses: ValueUses

    init(_ graph: ONNXGraph, _ uses: ValueUses) { (self.graph, self.uses) = (graph, uses) }

    /// Goes from the first output back to the classifier.
    ///
    /// - Throws: ``HeadError``.
    func run() throws(HeadError) -> Found {
        guard let output = graph.outputs.first else { throw .notFound(reason: "the model has no output") }
        var name = output.name
        // Every node once, at most.
        for _ in 0...graph.nodes.count {
            guard let node = uses.producer(of: name) else {
                throw .notFound(reason: "no node computes '\(name)', from which the output '\(output.name)' follows")
            }
            if node.domain.isEmpty {
                if let found = try product(node, adder: nil) { return found }
                if node.opType == "Add", let found = try productWithAdder(node) { return found }
                if let next = next(before: node) {
                    name = next
                    continue
                }
            }
            throw .notFound(
                reason:
                    "before the output '\(output.name)' stands '\(node.label)' (\(node.operation)), which is neither a "
                    + "dense layer or convolution, nor an operator that is looked through")
        }
        throw .notFound(reason: "the nodes before the output '\(output.name)' form a circle")
    }

    /// The operand that a node passes on class by class; `nil` for other nodes.
    private func next(before node: ONNXNode) -> String? {
        let all = Self.elementwise.union(Self.pooling).union(Self.reductions).union(Self.shaping)
        if all.contains(node.opType) { return node.inputs.first }
        guard Self.arithmetic.contains(node.opType), node.inputs.count == 2 else { return nil }
        for (index, other) in [(0, 1), (1, 0)] where uses.constant(node.inputs[other])?.count == 1 {
            return node.inputs[index]
        }
        return nil
    }

    private func productWithAdder(_ node: ONNXNode) throws(HeadError) -> Found? {
        guard node.inputs.count == 2 else { return nil }
        for (index, other) in [(0, 1), (1, 0)] {
            guard let constant = uses.constant(node.inputs[other]), constant.count > 1,
                let producer = uses.producer(of: node.inputs[index]), producer.domain.isEmpty
            else { continue }
            return try product(producer, adder: (node, node.inputs[other], constant))
        }
        return nil
    }

    /// The classifier that a product is, with the node that adds its offsets if there is one; `nil` for other nodes.
    private func product(
        _ node: ONNXNode, adder: (node: ONNXNode, operand: String, constant: ONNXTensor)?
    ) throws(HeadError) -> Found? {
        func bad(_ reason: String) -> HeadError { .badWeights(node: node.label, reason: reason) }
        let (weightAxis, rank, classAxis): (Int, Int?, Int)
        switch node.opType {
        case "Gemm":
            guard (Self.integer(node, "transA") ?? 0) == 0 else { throw bad("it reorders its images ('transA')") }
            (weightAxis, rank, classAxis) = (Self.integer(node, "transB") ?? 0 == 0 ? 1 : 0, 2, 1)
        case "MatMul": (weightAxis, rank, classAxis) = (1, nil, -1)
        case "Conv":
            guard (Self.integer(node, "group") ?? 1) == 1 else { throw bad("it is a convolution in groups") }
            (weightAxis, rank, classAxis) = (0, 4, 1)
        default: return nil
        }
        guard node.inputs.count > 1 else { throw bad("it has no weights") }
        let weight = try HeadTensor(node.inputs[1], axis: weightAxis, of: node, in: graph, uses)
        guard weight.tensor.shape.count == (node.opType == "Conv" ? 4 : 2) else {
            throw bad("its weights '\(weight.tensor.name)' have \(weight.tensor.shape.count) dimensions")
        }
        var bias: HeadTensor?
        if let adder {
            guard node.inputs.count < 3 || node.inputs[2].isEmpty else { throw bad("its offsets are added twice") }
            bias = try offsets(adder.operand, adder.constant, of: node, weight.classes, trailing: rank == 4 ? 2 : 0)
        } else if node.inputs.count > 2, !node.inputs[2].isEmpty {
            let constant = uses.constant(node.inputs[2])
            // One offset for all classes stays.
            if weight.classes == 1 || constant.map({ $0.count != 1 }) ?? true {
                bias = try offsets(node.inputs[2], constant, of: node, weight.classes, trailing: 0)
            }
        }
        return Found(
            node: node, adder: adder?.node, weight: weight, bias: bias, axis: ClassAxis(rank: rank, axis: classAxis))
    }

    /// The offsets of a classifier, one a class, with so many dimensions behind that of the classes.
    private func offsets(
        _ operand: String, _ constant: ONNXTensor?, of node: ONNXNode, _ classes: Int, trailing: Int
    ) throws(HeadError) -> HeadTensor {
        let axis = (constant?.shape.count ?? 1) - 1 - trailing
        let bias = try HeadTensor(operand, axis: axis, of: node, in: graph, uses)
        guard bias.classes == classes, bias.tensor.count == classes else {
            throw .badWeights(
                node: node.label,
                reason:
                    "its offsets '\(bias.tensor.name)' have the shape \(bias.tensor.shape), which is not one a class")
        }
        return bias
    }

    /// An integer attribute.
    static func integer(_ node: ONNXNode, _ name: String) -> Int? {
        if case .int(let value)? = node[name] { Int(value) } else { nil }
    }
}
