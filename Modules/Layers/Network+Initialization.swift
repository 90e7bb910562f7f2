import Buffers
import Graphs

extension Network {
    /// The same network with filters, dense weights and dense offsets drawn anew, uniform on ±s/√k: the start that
    /// regularized dual averaging needs.
    ///
    /// k is how many products an output sums: input channels of a group times kernel area, or the inputs of a dense layer.
    /// All other parameters stay as they are. Good values of s are 2 to 60, and larger than for other rules: dual averaging
    /// forgets the start at its first step, all but the gradient there.
    ///
    /// X. Jia, L. Zhao, L. Zhang, J. He, J. Xu, *Make ℓ1 regularization effective in training sparse CNN*, 2018, section
    /// 4.1.
    ///
    /// - Parameters:
    ///   - scale: s, above 0.
    ///   - seed: the same seed gives the same weights; every parameter draws from a stream of its own.
    /// - Throws: `AllocationError` if memory is short.
    public func uniformlyInitialized(scale: Double, seed: UInt64) throws -> Network {
        let store = try parameters.copy()
        var limits: [String: Double] = [:]
        for node in graph.nodes {
            guard let weight = node.inputs.count > 1 ? node.inputs[1] : nil, let fan = fan(of: node, weight: weight)
            else { continue }
            let limit = scale / Double(max(fan, 1)).squareRoot()
            limits[graph[weight].name] = limit
            if !(node.operation is Convolution), node.inputs.count > 2, let bias = node.inputs[2] {
                limits[graph[bias].name] = limit
            }
        }
        for (index, segment) in store.layout.segments.enumerated() where segment.kind.isTrainable {
            guard let limit = limits[segment.name] else { continue }
            var random = Philox(seed: seed, stream: UInt64(index))
            Initializer.uniform(limit: limit).fill(store[segment], random: &random)
        }
        return try Network(graph: graph, parameters: store)
    }

    /// How many products each output of a convolution or a dense layer sums; `nil` for other operators.
    private func fan(of node: Node, weight: ValueID) -> Int? {
        guard case .parameter = graph[weight].role, let shape = graph.type(of: weight)?.shape else { return nil }
        switch node.operation {
        case is Convolution: return shape.dropFirst().reduce(1, *)
        case let gemm as Gemm where shape.count == 2: return shape[gemm.transposeB ? 1 : 0]
        case is MatMul where shape.count == 2: return shape[0]
        default: return nil
        }
    }
}
