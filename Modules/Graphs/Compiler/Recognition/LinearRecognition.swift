import Tensors

/// A dense layer on more than two dimensions, which files write as a product with a transposed matrix and a sum, is one
/// `Gemm` between two views: weights need not be transposed, gradients neither, and the shift costs nothing.
struct LinearRecognition: Pass {
    func apply(to graph: inout Graph, keeping wanted: [ValueID]) throws(GraphError) {
        let connections = Connections(graph, keeping: wanted)
        let nodes = graph.nodes
        // Products by the node that they are computed at: that of the sum, where there is one.
        var layers: [Int: DenseLayer] = [:]
        var merged: Set<Int> = []
        for (index, node) in nodes.enumerated() where node.operation is MatMul {
            layers[index] = DenseLayer(node, nodes, graph, connections)
        }
        for (index, node) in nodes.enumerated() {
            guard let sum = node.operation as? Add, sum.activation == .identity else { continue }
            for (place, other) in [(0, 1), (1, 0)] {
                guard let product = connections.mergeable(behind: node.inputs[place]), let layer = layers[product],
                    layer.shift == nil, let shift = node.inputs[other], graph.isParameterOrConstant(shift),
                    graph.type(of: shift)?.shape == [layer.columns]
                else { continue }
                layers[product] = nil
                merged.insert(product)
                layers[index] = layer.shifted(by: shift)
                break
            }
        }
        // A product that is neither shifted nor with a transposed matrix is as good as it is.
        layers = layers.filter { $0.value.isTransposed || $0.value.shift != nil }
        guard !layers.isEmpty else { return }
        graph.nodes = []
        for (index, node) in nodes.enumerated() where !merged.contains(index) {
            if let layer = layers[index] {
                try layer.append(to: &graph, as: node)
            } else {
                graph.nodes.append(node)
            }
        }
    }
}

/// A matrix product of many rows with one matrix.
private struct DenseLayer {
    let rows: ValueID
    let shape: [Int]
    let matrix: ValueID
    let isTransposed: Bool
    let columns: Int
    private(set) var shift: ValueID?

    /// - Returns: `nil` for a product of other shapes.
    init?(_ node: Node, _ nodes: [Node], _ graph: Graph, _ connections: Connections) {
        guard let rows = node.inputs[0], let matrix = node.inputs[1], let shape = graph.type(of: rows)?.shape,
            let factors = graph.type(of: matrix)?.shape, shape.count >= 2, factors.count == 2
        else { return nil }
        (self.rows, self.shape, columns) = (rows, shape, factors[1])
        if let producer = connections.producer(of: matrix), let transpose = nodes[producer].operation as? Transpose,
            [nil, [1, 0]].contains(transpose.permutation), let source = nodes[producer].inputs[0]
        {
            (self.matrix, isTransposed) = (source, true)
        } else {
            (self.matrix, isTransposed) = (matrix, false)
        }
    }

    func shifted(by shift: ValueID) -> DenseLayer {
        var layer = self
        layer.shift = shift
        return layer
    }

    /// Adds the nodes that compute what a node did.
    func append(to graph: inout Graph, as node: Node) throws(GraphError) {
        let product = Gemm(transposeB: isTransposed)
        if shape.count == 2 {
            graph.nodes.append(
                Node(name: node.name, operation: product, inputs: [rows, matrix, shift], outputs: node.outputs))
            return
        }
        let inner = shape[shape.count - 1]
        let flat = graph.addConstant(.integers([Shape.count(Array(shape.dropLast())), inner]))
        let matrixOfRows = try graph.apply(Reshape(allowZero: true), rows, flat, name: "\(node.name)/rows")
        let result = try graph.apply(product, matrixOfRows, matrix, shift, name: "\(node.name)/product")
        let target = graph.addConstant(.integers(shape.dropLast() + [columns]))
        graph.nodes.append(
            Node(
                name: node.name, operation: Reshape(allowZero: true), inputs: [result, target], outputs: node.outputs))
    }
}
