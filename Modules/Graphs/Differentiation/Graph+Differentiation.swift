import Buffers
import Tensors

/// A graph of forward and backward nodes.
public struct DifferentiatedGraph: Sendable {
    /// The graph. Backward nodes stand behind the forward ones.
    public var graph: Graph
    /// The gradient of the loss with respect to each trainable parameter; one that the loss does not depend on is absent.
    public var gradients: [ValueID: ValueID]
}

extension Graph {
    /// Replaces operators that behave differently in training, batch normalisation and dropout, by their training forms.
    func inTrainingForm() throws(GraphError) -> Graph {
        var graph = self
        for index in graph.nodes.indices {
            guard let operation = graph.nodes[index].operation.trainingForm else { continue }
            let node = graph.nodes[index]
            graph.nodes[index].operation = operation
            guard let types = try graph.outputTypes(of: operation, inputs: node.inputs, node: node.name) else {
                continue
            }
            for extra in types.indices.dropFirst(node.outputs.count) {
                let value = Value(name: "\(node.name)_\(extra)", role: .result, type: types[extra])
                graph.nodes[index].outputs.append(graph.addValue(value))
            }
        }
        return graph
    }

    /// Reverse-mode differentiation: adds the nodes that compute the gradient of `loss` with respect to every
    /// trainable parameter.
    ///
    /// - Precondition: the graph is specialised.
    /// - Throws: ``GraphError/lossIsNotScalar(shape:)``, or ``GraphError/notDifferentiable(node:operation:)`` for an
    ///   operator without a gradient between the loss and a parameter.
    func differentiated(loss: ValueID) throws(GraphError) -> DifferentiatedGraph {
        guard let shape = self[loss].type?.shape, Shape.count(shape) == 1 else {
            throw .lossIsNotScalar(shape: self[loss].type?.shape ?? [])
        }
        let active = dependsOnTrainable()
        var graph = self
        let seed: ValueID
        do {
            seed = graph.addConstant(.real(try Tensor(shape: shape, elements: [1])), name: "loss/gradient")
        } catch { throw .outOfMemory("\(error)") }

        var parts: [ValueID: [ValueID]] = [loss: [seed]]
        for node in nodes.reversed() where node.outputs.contains(where: { active.contains($0) }) {
            var outputGradients: [ValueID?] = []
            for output in node.outputs { outputGradients.append(try graph.sum(parts[output])) }
            guard outputGradients.contains(where: { $0 != nil }) else { continue }
            var context = GradientContext(
                node: node, graph: graph, outputGradients: outputGradients,
                needed: node.inputs.map { $0.map(active.contains) ?? false })
            // The context owns the graph while the rule runs; a second reference would copy it for every node.
            graph = Graph(name: name)
            try node.operation.differentiate(&context)
            graph = context.graph
            for (input, gradient) in context.contributions where active.contains(input) {
                parts[input, default: []].append(gradient)
            }
        }
        var gradients: [ValueID: ValueID] = [:]
        for parameter in parameters where active.contains(parameter) {
            gradients[parameter] = try graph.sum(parts[parameter])
        }
        return DifferentiatedGraph(graph: graph, gradients: gradients)
    }

    /// The values that a trainable parameter has an influence on, the parameters included.
    private func dependsOnTrainable() -> Set<ValueID> {
        var active = Set(
            parameters.filter { id in
                if case .parameter(let kind) = self[id].role { kind.isTrainable } else { false }
            })
        for node in nodes where node.inputs.contains(where: { $0.map(active.contains) ?? false }) {
            for output in node.outputs where self[output].type?.kind == .real { active.insert(output) }
        }
        return active
    }

    private mutating func sum(_ parts: [ValueID]?) throws(GraphError) -> ValueID? {
        guard let parts, let first = parts.first else { return nil }
        return parts.count == 1 ? first : try append(Sum(), inputs: parts)[0]
    }
}
