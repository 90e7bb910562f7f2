import Buffers
import Graphs
import Testing

/// A network of random operators on images of one shape, with shared operands, views and results that nobody reads.
struct RandomNetwork {
    static let shape = [2, 3, 5, 4]

    var graph = Graph(name: "random")
    private(set) var values: [ValueID] = []
    private(set) var loss: ValueID?
    private var random: Philox

    init(seed: UInt64, steps: Int) throws {
        random = Philox(seed: seed)
        values.append(graph.addInput("x", dimensions: Self.shape.map { .fixed($0) }))
        values.append(graph.addParameter("start", shape: Self.shape, kind: .weight))
        for _ in 0..<steps {
            let operand = pick(values)
            values.append(try append(pick(Array(0..<16)), to: operand))
        }
        // The loss reads some of the values; others are results of their own, or dead.
        var terms: [ValueID] = []
        for value in [values[values.count - 1], pick(values), pick(values)] {
            let weights = graph.addParameter("weights\(terms.count)", shape: Self.shape, kind: .weight)
            let product = try graph.apply(Mul(), value, weights)
            terms.append(try graph.apply(ReduceSum(keepsDimensions: false), product))
        }
        let loss = try graph.append(Sum(), inputs: terms)[0]
        self.loss = loss
        graph.addOutput(loss)
        for _ in 0..<pick([0, 1, 3]) { graph.addOutput(pick(values)) }
    }

    private mutating func pick<T>(_ list: [T]) -> T { list[Int.random(in: 0..<list.count, using: &random)] }

    private mutating func parameter(_ shape: [Int], _ kind: ParameterKind = .weight) -> ValueID {
        graph.addParameter("p\(graph.values.count)", shape: shape, kind: kind)
    }

    private mutating func append(_ kind: Int, to x: ValueID) throws -> ValueID {
        let window = Window(kernel: [3, 3], padding: .all(1))
        switch kind {
        case 0: return try graph.apply(Relu(), x)
        case 1: return try graph.apply(pick([Tanh(), Sigmoid(), LeakyRelu(), Clip(lower: -1, upper: 1)]), x)
        case 2: return try graph.apply(pick([Identity(), Copy(), Scale(factor: 0.5), Dropout(ratio: 0.2, salt: 4)]), x)
        case 3: return try graph.apply(pick([Add(), Sub()]), x, pick(values))
        case 4: return try graph.apply(Tanh(), try graph.apply(Mul(), x, pick(values)))
        case 5:
            let operands = (0..<pick([1, 2, 3, 4])).map { _ in pick(values) }
            return try graph.append(Sum(), inputs: [x] + operands)[0]
        case 6, 7:
            let kernel = pick([[3, 3], [1, 1]])
            let w = parameter([3, 3] + kernel)
            return try graph.apply(
                Convolution(window: Window(kernel: kernel, padding: .all(kernel[0] / 2))), x, w, parameter([3], .bias))
        case 8, 9:
            return try graph.apply(
                BatchNormalization(freezesStatistics: pick([true, false])), x, parameter([3], .scale),
                parameter([3], .shift), parameter([3], .statistic), parameter([3], .statistic))
        case 10: return try graph.apply(pick([MaxPool(window: window), AveragePool(window: window)]), x)
        case 11:
            let flat = try graph.apply(Flatten(axis: pick([0, 1, 2])), x)
            let shape = graph.addConstant(.integers(Self.shape))
            return try graph.apply(Reshape(), try graph.apply(pick([Relu(), Identity(), Copy()]), flat), shape)
        case 12:
            let order = Transpose(permutation: [0, 2, 3, 1])
            let back = Transpose(permutation: [0, 3, 1, 2])
            return try graph.apply(back, try graph.apply(pick([Relu(), Softmax()]), try graph.apply(order, x)))
        case 13:
            let both = try graph.apply(Concat(axis: 1), x, pick(values))
            return try graph.apply(Slice(starts: [pick([0, 1, 3])], ends: [100], axes: [1]), both).limited(in: &graph)
        case 14: return try graph.apply(Add(), x, try graph.apply(GlobalAveragePool(), pick(values)))
        default: return try graph.apply(Add(), x, parameter([3, 1, 1]))
        }
    }
}

extension ValueID {
    /// The first three channels.
    fileprivate func limited(in graph: inout Graph) throws -> ValueID {
        try graph.apply(Slice(starts: [0], ends: [3], axes: [1]), self)
    }
}
