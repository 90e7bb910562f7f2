import Buffers
import Graphs
import Tensors
import Testing

/// What a compiled graph is made of, and what it computes from random operands.
struct PassRun {
    /// The operators of the compiled nodes, in order.
    let operations: [String]
    /// The compiled nodes.
    let nodes: [Node]
    /// The results, in the order of the graph's outputs.
    let outputs: [[Double]]
    /// The gradient of the loss with respect to every trainable parameter; empty without a loss.
    let gradient: [Double]
    /// The arena's size.
    let arenaBytes: Int

    /// Compiles a graph with real inputs of fixed shapes, and runs it.
    ///
    /// - Parameters:
    ///   - graph: the graph.
    ///   - loss: what to differentiate; `nil` for inference.
    ///   - pinned: further values that the caller gets: no pass may touch them.
    init<E: Scalar>(
        _ graph: Graph, loss: ValueID? = nil, pinning pinned: [ValueID] = [], backends: BackendList = .reference,
        workers: Workers = .serial, as precision: E.Type = Double.self
    ) throws {
        var graph = graph
        for value in pinned { graph.addOutput(value) }
        let shapes = graph.inputs.map { graph.type(of: $0)?.shape ?? [] }
        let program = try Compiler(backends: backends, workers: workers).compile(
            graph, inputShapes: shapes, mode: loss.map { .training(loss: $0) } ?? .inference, as: E.self)
        let operands = try RandomOperands<E>(program.layout, shapes)
        let gradients = try AlignedBuffer<E>(count: program.layout.trainableCount)
        defer { withExtendedLifetime((operands, gradients)) {} }
        program.run(parameters: operands.theta.pointer, gradients: gradients.pointer, inputs: operands.pointers)
        nodes = program.graph.nodes
        operations = nodes.map { type(of: $0.operation).name }
        outputs = program.outputTypes.indices.map { program.output($0).map { Double($0) } }
        gradient = loss == nil ? [] : gradients.elements.map { Double($0) }
        arenaBytes = program.arenaBytes
    }

    /// The largest difference from another run that computes the same, scaled; outputs that it has beyond ours are not
    /// compared.
    func error(against other: PassRun) -> Double {
        let errors = zip(outputs, other.outputs).map { scaledError($0, $1) }
        return max(errors.max() ?? 0, gradient.isEmpty ? 0 : scaledError(gradient, other.gradient))
    }

    /// How many nodes apply an operator.
    func count(of operation: String) -> Int { operations.count { $0 == operation } }
}

/// Parameters and inputs drawn from a fixed seed; statistics are positive.
struct RandomOperands<E: Scalar> {
    let theta: AlignedBuffer<E>
    let inputs: [AlignedBuffer<E>]

    init(_ layout: ParameterLayout, _ shapes: [[Int]], seed: UInt64 = 4) throws {
        var random = Philox(seed: seed)
        theta = try AlignedBuffer(
            layout.segments.flatMap { segment in
                (0..<segment.count).map { _ in
                    E(Float(segment.kind == .statistic ? 0.5 + random.uniform() : 0.5 * random.normal()))
                }
            })
        inputs = try shapes.map { try AlignedBuffer(random.normals(Shape.count($0)).map { E($0) }) }
    }

    /// The inputs as a program takes them; valid as long as this value is.
    var pointers: [UnsafeRawPointer] { inputs.map { UnsafeRawPointer($0.pointer) } }
}

extension Graph {
    /// A 3 x 3 convolution that keeps the image's size, with parameters of its own.
    mutating func convolution(
        _ x: ValueID, to channels: Int, name: String, bias: Bool = false, groups: Int = 1
    ) throws -> ValueID {
        let from = try #require(type(of: x)?.shape[1])
        let w = addParameter("\(name).w", shape: [channels, from / groups, 3, 3], kind: .weight)
        let b = bias ? addParameter("\(name).b", shape: [channels], kind: .bias) : nil
        return try apply(Convolution(window: Window(kernel: [3, 3], padding: .all(1)), groups: groups), x, w, b)
    }

    /// Batch normalisation with parameters of its own.
    mutating func normalization(_ x: ValueID, name: String) throws -> ValueID {
        let channels = try #require(type(of: x)?.shape[1])
        let kinds: [(String, ParameterKind)] = [
            ("scale", .scale), ("shift", .shift), ("mean", .statistic), ("variance", .statistic),
        ]
        return try append(
            BatchNormalization(epsilon: 1e-3),
            inputs: [x] + kinds.map { addParameter("\(name).\($0.0)", shape: [channels], kind: $0.1) })[0]
    }

    /// A scalar that depends on every element of a value, and an output of the graph.
    mutating func weightedSum(_ x: ValueID) throws -> ValueID {
        let weights = addInput("weights", shape: type(of: x)?.shape ?? [])
        let loss = try apply(ReduceSum(keepsDimensions: false), try apply(Mul(), x, weights))
        addOutput(loss)
        return loss
    }
}
