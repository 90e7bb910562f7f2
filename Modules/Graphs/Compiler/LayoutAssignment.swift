import Tensors

/// Gives every value a physical order, and puts a conversion where an operator needs the other one.
struct LayoutAssignment {
    /// The graph with conversions.
    private(set) var graph: Graph
    /// The order of each value, by its index.
    private(set) var layouts: [Layout]
    private var converted: [Conversion: ValueID] = [:]
    private var nodes: [Node] = []

    private struct Conversion: Hashable {
        let value: ValueID
        let layout: Layout
    }

    /// Assigns orders.
    ///
    /// - Parameters:
    ///   - graph: a specialised graph.
    ///   - rowMajor: values that the caller sees and so must lie in row-major order; replaced by their conversions.
    init(_ graph: Graph, rowMajor: inout [ValueID]) throws(GraphError) {
        self.graph = graph
        layouts = Array(repeating: .rowMajor, count: graph.values.count)
        for node in graph.nodes { try place(node) }
        for index in rowMajor.indices { rowMajor[index] = try value(rowMajor[index], in: .rowMajor) }
        self.graph.nodes = nodes
    }

    private mutating func place(_ original: Node) throws(GraphError) {
        if placeView(original) { return }
        var node = original
        let resultLayout: Layout
        switch node.operation.layoutRule {
        case .rowMajor:
            resultLayout = .rowMajor
            for index in node.inputs.indices { try convert(&node, index, to: .rowMajor) }
        case .channelsLast(let activations, let outputs):
            resultLayout = outputs ? .channelsLast : .rowMajor
            for index in node.inputs.indices {
                try convert(&node, index, to: activations.contains(index) ? .channelsLast : .rowMajor)
            }
        case .follow:
            let isChannelsLast = node.inputs.contains { $0.map { layouts[$0.index] == .channelsLast } ?? false }
            resultLayout = isChannelsLast ? .channelsLast : .rowMajor
            for index in node.inputs.indices {
                // Parameters and constants keep their order: kernels read them by their strides.
                guard let input = node.inputs[index], case .result = graph[input].role else { continue }
                try convert(&node, index, to: resultLayout)
            }
        }
        for output in node.outputs where graph.type(of: output)?.shape.count == 4 {
            layouts[output.index] = resultLayout
        }
        nodes.append(node)
    }

    /// Exchanged dimensions can be another order of the same memory: images given as N x H x W x C are channels-last.
    private mutating func placeView(_ node: Node) -> Bool {
        guard let transpose = node.operation as? Transpose, let input = node.inputs[0],
            let type = graph.type(of: input),
            let layout = transpose.unmovedLayout(of: PhysicalType(type, layout: layouts[input.index]))
        else { return false }
        var node = node
        node.operation = Transpose(permutation: transpose.permutation, isView: true)
        layouts[node.outputs[0].index] = layout
        nodes.append(node)
        return true
    }

    private mutating func convert(_ node: inout Node, _ index: Int, to layout: Layout) throws(GraphError) {
        if let input = node.inputs[index] { node.inputs[index] = try value(input, in: layout) }
    }

    private mutating func value(_ id: ValueID, in layout: Layout) throws(GraphError) -> ValueID {
        guard let shape = graph.type(of: id)?.shape, shape.count == 4, layouts[id.index] != layout else { return id }
        let key = Conversion(value: id, layout: layout)
        if let known = converted[key] { return known }
        // With one channel, or one pixel, both orders are the same bytes.
        let isView = shape[1] == 1 || shape[2] * shape[3] == 1
        let results = try graph.append(
            Copy(layout: layout, isView: isView), inputs: [id], name: "\(graph[id].name)/\(layout.rawValue)")
        guard let node = graph.nodes.popLast() else { return id }
        nodes.append(node)
        layouts.append(layout)
        converted[key] = results[0]
        return results[0]
    }

    /// Adds a node at the end that copies a value as it lies.
    mutating func copy(_ id: ValueID) throws(GraphError) -> ValueID {
        let results = try graph.append(Copy(), inputs: [id], name: "\(graph[id].name)/copy")
        layouts.append(layouts[id.index])
        return results[0]
    }
}
