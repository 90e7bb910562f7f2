import Graphs

/// Adds the operators that a node of a file stands for.
///
/// Results that follow from constants alone are computed at once: other nodes may want a number (a bound, a ratio) that
/// exporters let a few nodes on constants compute.
///
/// ```swift
/// return .operations { builder in
///     let gate = try builder.apply(HardSigmoid(alpha: 1 / 6, beta: 0.5), x)
///     return [try builder.apply(Mul(), x, gate)]
/// }
/// ```
struct GraphBuilder {
    /// The graph under construction.
    var graph: Graph
    private var budget = FoldingBudget()
    /// The node of the file that operators are added for.
    private var label = ""
    /// How many have been added for it.
    private var count = 0

    init(_ graph: Graph) { self.graph = graph }

    /// Adds an operator of a node that stands for several.
    ///
    /// - Returns: its results.
    /// - Throws: `GraphError` if it does not accept the operands.
    mutating func add(_ operation: any Operator, inputs: [ValueID?]) throws(GraphError) -> [ValueID] {
        count += 1
        let name = count == 1 ? label : "\(label)/\(count)"
        return try add(operation, inputs: inputs, name: name, outputs: [])
    }

    /// Adds an operator with one result. See ``add(_:inputs:)``.
    mutating func apply(_ operation: any Operator, _ inputs: ValueID?...) throws(GraphError) -> ValueID {
        try add(operation, inputs: inputs)[0]
    }

    /// Adds a value that is known before any data is.
    mutating func constant(_ constant: Constant) -> ValueID { graph.addConstant(constant, name: "\(label)/constant") }

    /// Adds what a node stands for; results get the names of its outputs.
    ///
    /// - Returns: its results, in order; the node may have more outputs or fewer.
    mutating func add(_ reading: NodeReading, of node: ONNXNode) throws -> [ValueID] {
        (label, count) = (node.label, 0)
        switch reading {
        case .constant(let constant): return [graph.addConstant(constant, name: node.outputs.first ?? label)]
        case .operation(let operation, let inputs):
            return try add(operation, inputs: inputs, name: label, outputs: node.outputs)
        case .operations(let build):
            let known = graph.values.count
            let results = try build(&self)
            // A result may be an operand as it is, which has its own name.
            for (id, name) in zip(results, node.outputs) where id.index >= known && !name.isEmpty {
                graph.rename(id, to: name)
            }
            return results
        }
    }

    private mutating func add(
        _ operation: any Operator, inputs: [ValueID?], name: String, outputs: [String]
    ) throws(GraphError) -> [ValueID] {
        if let known = try graph.constants(of: operation, inputs: inputs, node: name, budget: &budget) {
            return known.enumerated().map { index, constant in
                let output = index < outputs.count ? outputs[index] : ""
                return graph.addConstant(constant, name: output.isEmpty ? name : output)
            }
        }
        return try graph.append(operation, inputs: inputs, name: name, outputNames: outputs)
    }
}
