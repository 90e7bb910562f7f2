import Tensors

extension Graph {
    /// The graph with every dimension fixed, every type known and every integer folded into a constant.
    ///
    /// - Parameter inputShapes: the shape of each input, in order.
    /// - Throws: ``GraphError`` for a shape that does not fit its declaration, operands that an operator does not
    ///   accept, or integers that depend on data.
    public func specialized(inputShapes: [[Int]]) throws(GraphError) -> Graph {
        var graph = self
        guard inputShapes.count == inputs.count else {
            throw .inputShape(
                name: name, declared: "\(inputs.count) inputs", given: "\(inputShapes.count)")
        }
        for index in graph.values.indices {
            if case .result = graph.values[index].role { graph.values[index].type = nil }
        }
        try graph.fixInputs(inputShapes)
        var budget = FoldingBudget()
        var kept: [Node] = []
        for var node in nodes {
            guard let types = try graph.outputTypes(of: node.operation, inputs: node.inputs, node: node.name),
                types.count >= node.outputs.count
            else {
                throw .badOperands(
                    node: node.name, operation: Swift.type(of: node.operation).name,
                    reason: "an operand is not computed by an earlier node")
            }
            for (output, type) in zip(node.outputs, types) { graph.values[output.index].type = type }
            node.operation = node.operation.resolved(for: graph.operands(of: node))
            if let folded = try graph.fold(node, types: types, budget: &budget) {
                for (output, constant) in zip(node.outputs, folded) {
                    graph.values[output.index].role = .constant(constant)
                }
            } else {
                kept.append(node)
            }
        }
        graph.nodes = kept
        return graph
    }

    private mutating func fixInputs(_ shapes: [[Int]]) throws(GraphError) {
        var sizes: [String: Int] = [:]
        for (id, shape) in zip(inputs, shapes) {
            guard case .input(let dimensions, let kind) = self[id].role else { continue }
            let fits =
                dimensions.count == shape.count
                && zip(dimensions, shape).allSatisfy { declared, given in
                    guard given >= 0 else { return false }
                    switch declared {
                    case .fixed(let size): return size == given
                    case .symbolic(let name):
                        // One name means one size, wherever it occurs; a nameless dimension is free.
                        return name.isEmpty || sizes.updateValue(given, forKey: name) ?? given == given
                    }
                }
            guard fits, Shape.checkedCount(shape) != nil else {
                throw .inputShape(
                    name: self[id].name, declared: dimensions.map(\.description).joined(separator: " x "),
                    given: Shape.describe(shape))
            }
            values[id.index].type = ValueType(kind, shape)
        }
    }
}
