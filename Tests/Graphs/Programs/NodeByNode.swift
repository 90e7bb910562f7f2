import Buffers
import Graphs
import Testing

/// Evaluates a graph one node at a time, each in a program and in memory of its own: nothing is shared, fused or reordered.
struct NodeByNode {
    private(set) var values: [ValueID: [Double]] = [:]

    /// - Parameters:
    ///   - graph: a specialised graph of real inputs.
    ///   - inputs: the elements of each input.
    ///   - parameters: the vector θ.
    init(_ graph: Graph, inputs: [[Double]], parameters: [Double]) throws {
        for (id, elements) in zip(graph.inputs, inputs) { values[id] = elements }
        let layout = try graph.parameterLayout()
        for id in graph.parameters {
            values[id] = Array(parameters[try #require(layout[graph[id].name]).range])
        }
        for node in graph.nodes { try evaluate(node, of: graph) }
    }

    private mutating func evaluate(_ node: Node, of graph: Graph) throws {
        var single = Graph(name: node.name)
        var operands: [ValueID: ValueID] = [:]
        var buffers: [AlignedBuffer<Double>] = []
        var shapes: [[Int]] = []
        for case let input? in node.inputs where operands[input] == nil {
            if let constant = graph[input].constant {
                operands[input] = single.addConstant(constant)
            } else {
                let shape = try #require(graph.type(of: input)?.shape)
                operands[input] = single.addInput(graph[input].name, dimensions: shape.map { .fixed($0) })
                shapes.append(shape)
                buffers.append(try AlignedBuffer(try #require(values[input])))
            }
        }
        let results = try single.append(node.operation, inputs: node.inputs.map { $0.flatMap { operands[$0] } })
        for result in results { single.addOutput(result) }
        let program = try Compiler(backends: .reference, workers: .serial).compile(
            single, inputShapes: shapes, mode: .inference, as: Double.self)
        let nothing = try AlignedBuffer<Double>(count: 1)
        withExtendedLifetime((nothing, buffers)) {
            program.run(parameters: nothing.pointer, inputs: buffers.map { UnsafeRawPointer($0.pointer) })
        }
        for (index, output) in node.outputs.enumerated() { values[output] = Array(program.output(index)) }
    }
}
