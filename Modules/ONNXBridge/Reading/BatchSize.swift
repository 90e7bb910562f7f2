import Graphs

/// Whether a model's shapes fit each other, and, if it leaves its batch size open, whether they do for any.
///
/// Exporters that trace a network write sizes which they saw into the shapes of `Reshape` and `Expand` nodes. The batch's
/// can be among them; then the nodes contradict the input.
enum BatchSize {
    /// Imports a model's graph and checks that all shapes fit: for one image, and for several if the batch is open.
    ///
    /// - Throws: as `GraphImporter`, and ``ImportError/batchSize(_:not:reason:)`` if some size fits and another does not.
    static func graph(
        of model: ONNXModel, nodes: [ExpandedNode], parameters: [FileParameter], frozen: [FileParameter] = []
    ) throws -> Graph {
        do {
            let graph = try GraphImporter.graph(of: model, nodes: nodes, parameters: parameters, frozen: frozen)
            try check(graph)
            return graph
        } catch ImportError.unsupported(let refused) {
            let dimensions = model.graph.dataInputs.first?.dimensions ?? []
            guard let batch = dimensions.first, batch.size == nil else { throw ImportError.unsupported(refused) }
            for size in candidates(of: model, nodes) {
                guard
                    let graph = try? GraphImporter.graph(
                        of: model, nodes: nodes, parameters: parameters, frozen: frozen, batch: size),
                    (try? check(graph)) != nil
                else { continue }
                throw ImportError.batchSize(size, not: 1, reason: refused[0].description)
            }
            throw ImportError.unsupported(refused)
        }
    }

    private static func check(_ graph: Graph) throws {
        guard case .input(let dimensions, _)? = graph.inputs.first.map({ graph[$0].role }),
            dimensions.dropFirst().allSatisfy({ $0.size != nil })
        else { return }
        func typed(_ batch: Int) throws(GraphError) -> Graph {
            try graph.specialized(inputShapes: [dimensions.map { $0.size ?? batch }])
        }
        do { try typed(1).checkProportion() } catch { throw ImportError(error) ?? error }
        guard let batch = dimensions.first, batch.size == nil else { return }
        // No size that a file is likely to have been written for.
        let several = 7
        do { _ = try typed(several) } catch {
            throw ImportError.batchSize(1, not: several, reason: error.description)
        }
    }

    /// The sizes other than 1 that stand first in a shape which the file fixes, the smallest few of them.
    private static func candidates(of model: ONNXModel, _ nodes: [ExpandedNode]) -> [Int] {
        var constants: [String: ONNXTensor] = [:]
        for node in nodes.lazy.map(\.node) {
            if case .tensor(let tensor)? = node["value"], let output = node.outputs.first { constants[output] = tensor }
        }
        var sizes: Set<Int> = []
        for node in nodes.lazy.map(\.node) where ["Reshape", "Expand"].contains(node.opType) && node.inputs.count > 1 {
            guard let tensor = model.graph[initializer: node.inputs[1]] ?? constants[node.inputs[1]],
                tensor.count < 16, let size = try? tensor.integers().first, (2...1 << 16).contains(size)
            else { continue }
            sizes.insert(Int(size))
        }
        return Array(sizes.sorted().prefix(4))
    }
}
