import Graphs

/// Which dimensions of a graph's outputs are fixed, and which are the batch's.
struct OutputShapes {
    /// For each output, its dimensions.
    let dimensions: [[Dimension]]

    /// Compares the outputs for batches of two sizes.
    ///
    /// - Throws: ``ONNXError/notExpressible(reason:)`` if an input's dimensions other than the first are open;
    ///   `GraphError` if the graph cannot have shapes.
    init(_ graph: Graph) throws {
        let inputs = graph.inputs.map { id -> [Dimension] in
            if case .input(let dimensions, _) = graph[id].role { dimensions } else { [] }
        }
        guard inputs.allSatisfy({ $0.dropFirst().allSatisfy { $0.size != nil } }) else {
            throw ONNXError.notExpressible(
                reason: "the size of the images is open, so the outputs' shapes are not known")
        }
        let open = inputs.lazy.compactMap(\.first).first { $0.size == nil }
        func shapes(batch: Int) throws -> [[Int]] {
            let typed = try graph.specialized(inputShapes: inputs.map { $0.map { $0.size ?? batch } })
            return graph.outputs.map { typed.type(of: $0)?.shape ?? [] }
        }
        // No sizes that other dimensions are likely to have.
        let (a, b) = (7, 11)
        let first = try shapes(batch: a)
        guard let open else {
            dimensions = first.map { $0.map { .fixed($0) } }
            return
        }
        dimensions = zip(first, try shapes(batch: b)).map { first, second in
            zip(first, second).map { $0 == $1 ? .fixed($0) : $0 == a && $1 == b ? open : .symbolic("") }
        }
    }
}
