import Tensors

/// Activations that files spell out in several nodes become one: x · sigmoid(x) is SiLU, x · HardSigmoid(x) is HardSwish,
/// and x · (1 + erf(x / √2)) / 2, in whatever order its factors stand, is GELU.
///
/// One node reads and writes memory once where several did, and keeps one tensor for its gradient.
struct ActivationRecognition: Pass {
    func apply(to graph: inout Graph, keeping wanted: [ValueID]) {
        let connections = Connections(graph, keeping: wanted)
        for index in graph.nodes.indices where graph.nodes[index].operation is Mul {
            let match =
                gated(graph.nodes[index], graph, connections) ?? gelu(graph.nodes[index], graph, connections)
            guard let match, graph.type(of: match.operand) == graph.type(of: graph.nodes[index].outputs[0]) else {
                continue
            }
            graph.nodes[index].operation = match.operation
            graph.nodes[index].inputs = [match.operand]
        }
    }

    private struct Match {
        let operation: any Operator
        let operand: ValueID
    }

    /// A number times a function of itself.
    private func gated(_ node: Node, _ graph: Graph, _ connections: Connections) -> Match? {
        for (place, other) in [(0, 1), (1, 0)] {
            guard let x = node.inputs[place],
                let gate = connections.producer(of: node.inputs[other]).map({ graph.nodes[$0] }), gate.inputs[0] == x
            else { continue }
            switch gate.operation {
            case is Sigmoid: return Match(operation: Silu(), operand: x)
            case let gate as HardSigmoid where abs(gate.alpha * 6 - 1) < 1e-6 && gate.beta == 0.5:
                return Match(operation: HardSwish(), operand: x)
            default: continue
            }
        }
        return nil
    }

    /// The product of x, a half and 1 + erf(x / √2).
    private func gelu(_ node: Node, _ graph: Graph, _ connections: Connections) -> Match? {
        var factors: [ValueID] = []
        collectFactors(of: node, graph, connections, into: &factors, depth: 2)
        guard factors.count == 3, let half = factors.firstIndex(where: { graph.number($0).isNear(0.5) }) else {
            return nil
        }
        factors.remove(at: half)
        for (x, other) in [(factors[0], factors[1]), (factors[1], factors[0])] {
            guard let sum = connections.producer(of: other).map({ graph.nodes[$0] }),
                (sum.operation as? Add)?.activation == .identity,
                let one = sum.inputs.firstIndex(where: { graph.number($0).isNear(1) }),
                let erf = connections.producer(of: sum.inputs[1 - one]).map({ graph.nodes[$0] }), erf.operation is Erf,
                let inside = connections.producer(of: erf.inputs[0]).map({ graph.nodes[$0] })
            else { continue }
            let isScaled =
                switch inside.operation {
                case is Div: inside.inputs[0] == x && graph.number(inside.inputs[1]).isNear(2.0.squareRoot())
                case is Mul:
                    inside.inputs.contains(x) && inside.inputs.contains { graph.number($0).isNear(0.5.squareRoot()) }
                default: false
                }
            if isScaled { return Match(operation: Gelu(), operand: x) }
        }
        return nil
    }

    /// What is multiplied.
    private func collectFactors(
        of node: Node, _ graph: Graph, _ connections: Connections, into factors: inout [ValueID], depth: Int
    ) {
        for case let input? in node.inputs {
            if depth > 0, let index = connections.mergeable(behind: input), graph.nodes[index].operation is Mul {
                collectFactors(of: graph.nodes[index], graph, connections, into: &factors, depth: depth - 1)
            } else {
                factors.append(input)
            }
        }
    }
}

extension Graph {
    /// A constant of one element.
    fileprivate func number(_ id: ValueID?) -> Double? {
        guard let id, case .constant(.real(let tensor)) = self[id].role, tensor.count == 1 else { return nil }
        return tensor.elements.first.map { Double($0) }
    }
}

extension Double? {
    /// Whether there is a number and it is another one, as far as single precision tells.
    fileprivate func isNear(_ other: Double) -> Bool { map { abs($0 - other) <= 1e-6 * abs(other) } ?? false }
}
