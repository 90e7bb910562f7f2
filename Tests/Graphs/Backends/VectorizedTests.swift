import Buffers
import Graphs
import OpenBLAS
import Tensors
import Testing
import Vectorized

/// A use of an operator on operands large and odd enough to be cut into unequal parts.
struct LargeCase: Sendable, CustomTestStringConvertible {
    let name: String
    let operation: any Operator
    let shapes: [[Int]]
    var channelsLast = false
    /// Whether the operands are shifted into 0.5 and above: variances, divisors.
    var isPositive = false
    /// What the error may be, as a share of the largest number.
    var tolerance = 2e-6

    var testDescription: String { "\(name) \(shapes)\(channelsLast ? " channels last" : "")" }

    init(
        _ name: String, _ operation: any Operator, _ shapes: [[Int]], channelsLast: Bool = false,
        isPositive: Bool = false
    ) {
        self.name = name
        self.operation = operation
        self.shapes = shapes
        self.channelsLast = channelsLast
        self.isPositive = isPositive
    }

    /// The operator between inputs and outputs; a window of one pixel stores its operand channels-last.
    func graph() throws -> Graph {
        var graph = Graph(name: name)
        var operands: [ValueID] = []
        for (index, shape) in shapes.enumerated() {
            let input = graph.addInput("x\(index)", shape: shape)
            let isPlaced = channelsLast && shape.count == 4
            operands.append(
                isPlaced ? try graph.apply(MaxPool(window: Window(kernel: [1, 1])), input) : input)
        }
        for result in try graph.append(operation, inputs: operands) { graph.addOutput(result) }
        return graph
    }

    static let image = [3, 37, 31, 29]
    static let wide = [5, 70, 17, 19]
    static let small = Window(kernel: [2, 2], strides: [2, 2])
    static let overlapping = Window(
        kernel: [3, 2], strides: [2, 1], dilations: [1, 2], padding: .explicit(top: 1, left: 2, bottom: 2, right: 1),
        ceilMode: true)

    static let all: [LargeCase] =
        elementwise + shaped + pooled + normalized + functions + rearranged
        + sampled + compared

    static let elementwise: [LargeCase] = [
        LargeCase("relu", Relu(), [image]), LargeCase("relu", Relu(), [image], channelsLast: true),
        LargeCase("relu gradient", ReluGradient(), [image, image], channelsLast: true),
        LargeCase("leaky relu", LeakyRelu(alpha: 0.1), [image]),
        LargeCase("leaky relu gradient", LeakyReluGradient(alpha: 0.1), [image, image]),
        LargeCase("sigmoid", Sigmoid(), [image]), LargeCase("tanh", Tanh(), [image]),
        LargeCase("sigmoid gradient", SigmoidGradient(), [image, image]),
        LargeCase("tanh gradient", TanhGradient(), [image, image]),
        LargeCase("clip", Clip(lower: -0.5, upper: 0.7), [image]),
        LargeCase("clip gradient", ClipGradient(lower: -0.5, upper: 0.7), [image, image]),
        LargeCase("scale", Scale(factor: -1.5), [image]),
        LargeCase("add", Add(activation: .relu), [image, image], channelsLast: true),
        LargeCase("sub", Sub(), [image, image]), LargeCase("mul", Mul(), [image, image]),
        LargeCase("div", Div(), [image, image], isPositive: true),
        LargeCase("sum", Sum(), [image, image, image]),
        LargeCase("dropout", DropoutTraining(ratio: 0.3, salt: 4), [[200, 301]]),
        LargeCase("dropout", DropoutTraining(ratio: 0.3, salt: 4), [image], channelsLast: true),
        LargeCase("softmax", Softmax(), [[700, 103]]), LargeCase("log softmax", LogSoftmax(), [[700, 103]]),
        LargeCase("softmax", Softmax(axis: 1), [image], channelsLast: true),
        LargeCase("softmax gradient", SoftmaxGradient(), [[700, 103], [700, 103]]),
        LargeCase("log softmax gradient", LogSoftmaxGradient(), [[700, 103], [700, 103]]),
    ]

    static let shaped: [LargeCase] = [
        LargeCase("channel bias", Add(), [wide, [1, 70, 1, 1]], channelsLast: true),
        LargeCase("channel bias", Add(), [wide, [70, 1, 1]], channelsLast: true),
        LargeCase("channel bias", Sub(), [[70, 1, 1], wide], channelsLast: true),
        LargeCase("channel bias", Div(), [[70, 1, 1], wide], isPositive: true),
        LargeCase("image gate", Mul(), [wide, [5, 70, 1, 1]], channelsLast: true),
        LargeCase("image gate", Mul(), [wide, [5, 70, 1, 1]]),
        LargeCase("row", Mul(), [[300, 211], [211]]), LargeCase("column", Sub(), [[300, 211], [300, 1]]),
        LargeCase("number", Mul(), [image, []]), LargeCase("number", Sub(), [[1], image], channelsLast: true),
        LargeCase("channel sum", ChannelSum(), [wide], channelsLast: true),
        LargeCase("channel sum", ChannelSum(), [[4000, 37]]),
        LargeCase("sum to row", SumToShape(shape: [211]), [[300, 211]]),
        LargeCase("sum to column", SumToShape(shape: [300, 1]), [[300, 211]]),
        LargeCase("sum to number", SumToShape(shape: []), [image]),
        LargeCase("sum to channels of every image", SumToShape(shape: [70, 1, 1]), [wide]),
        LargeCase("sum over images and columns", SumToShape(shape: [1, 70, 17, 1]), [wide]),
        LargeCase("sum to channels", SumToShape(shape: [70, 1, 1]), [wide], channelsLast: true),
        LargeCase("reduce sum", ReduceSum(axes: [2, 3], keepsDimensions: false), [wide], channelsLast: true),
        LargeCase("reduce mean", ReduceMean(axes: [-1, -2]), [wide], channelsLast: true),
        LargeCase("global average pool", GlobalAveragePool(), [wide], channelsLast: true),
        LargeCase("global average pool gradient", GlobalAveragePoolGradient(shape: wide), [[5, 70, 1, 1]]),
        LargeCase("identity", MaxPool(window: Window(kernel: [1, 1])), [[2, 3, 123, 97]]),
    ]

    static let pooled: [LargeCase] = [small, overlapping].flatMap { window in
        let places = try? window.placed(on: Array(wide[2...])).output
        let pooled = Array(wide[..<2]) + (places ?? [])
        return [
            LargeCase("max pool", MaxPool(window: window), [wide]),
            LargeCase("average pool", AveragePool(window: window), [wide]),
            LargeCase("average pool", AveragePool(window: window, countsPadding: true), [wide]),
            LargeCase(
                "average pool gradient", AveragePoolGradient(window: window, countsPadding: false, shape: wide),
                [pooled]),
        ]
    }

    static let normalized: [LargeCase] = [
        LargeCase(
            "batch normalization", BatchNormalization(activation: .relu), [wide, [70], [70], [70], [70]],
            isPositive: true),
        LargeCase(
            "training", BatchNormalizationTraining(activation: .relu), [wide, [70], [70], [70], [70]],
            isPositive: true),
        LargeCase("training", BatchNormalizationTraining(), [[4000, 37], [37], [37], [37], [37]], isPositive: true),
        LargeCase(
            "gradient", BatchNormalizationGradient(mask: .result), [wide, wide, [70], [70], [70], wide]),
        LargeCase(
            "gradient", BatchNormalizationGradient(mask: .recomputedResult), [wide, wide, [70], [70], [70], [70]]),
        LargeCase("repetition", RepeatBatchNormalization(activation: .relu), [wide, [70], [70], [70], [70]]),
        LargeCase(
            "folding", FoldBatchNormalization(epsilon: 1e-3), [[300, 70, 3, 3], [300], [300], [300], [300], [300]],
            isPositive: true),
        LargeCase(
            "folding", FoldBatchNormalization(epsilon: 0), [[70, 1, 3, 3], [70], [70], [70], [70]],
            isPositive: true),
        LargeCase("gradient", BatchNormalizationGradient(), [wide, wide, [70], [70], [70]]),
        LargeCase(
            "frozen gradient", FrozenBatchNormalizationGradient(epsilon: 1e-3), [wide, wide, [70], [70], [70]],
            isPositive: true),
    ]
}

@Suite struct VectorizedTests {
    static func inputs(_ test: LargeCase) -> [[Double]] {
        var random = Philox(seed: 11)
        return test.shapes.map { shape in
            let numbers = random.normals(Shape.count(shape))
            return test.isPositive ? numbers.map { Double(Float(abs($0) + 0.5)) } : numbers
        }
    }

    @Test(arguments: LargeCase.all)
    func loopsCutIntoUnequalPartsEqualTheReference(_ test: LargeCase) throws {
        let graph = try test.graph()
        let inputs = Self.inputs(test)
        let backends = BackendList([VectorizedBackend()])
        let invocation = Invocation(seed: 5, step: 6)
        let expected = try BackendRun(
            graph, inputs: inputs, backends: .reference, workers: .serial, as: Double.self, invocation: invocation)
        for count in [1, 2, 3] {
            let run = { () throws -> BackendRun in
                try BackendRun(
                    graph, inputs: inputs, backends: backends, workers: Workers(count), as: Float.self,
                    invocation: invocation)
            }
            let (first, second) = (try run(), try run())
            #expect(first.error(against: expected) < test.tolerance, "\(count) workers")
            #expect(first.results == second.results, "two runs with \(count) workers differ")
            #expect(first.kernels.allSatisfy { $0.hasPrefix("vectorized") }, "\(first.kernels)")
        }
    }

    /// y must be the maximum of x, ties included: the first pixel of a window gets the gradient.
    @Test func theGradientOfMaxPoolGoesToTheFirstMaximum() throws {
        let windows = [LargeCase.small, LargeCase.overlapping, Window(kernel: [2, 3], strides: [2, 3])]
        for (window, activation) in windows.flatMap({ [($0, Activation.identity), ($0, .relu)] }) {
            let shape = [5, 34, 17, 19]
            var graph = Graph(name: "pool")
            let x = graph.addInput("x", shape: shape)
            let y = try graph.apply(MaxPool(window: window), x)
            let dy = graph.addInput("dy", shape: graph.type(of: y)?.shape ?? [])
            graph.addOutput(try graph.apply(MaxPoolGradient(window: window, activation: activation), dy, x, y))
            var random = Philox(seed: 2)
            // Five different numbers, so that most windows have ties; some NaN.
            let pixels = (0..<Shape.count(shape)).map { _ in
                let number = random.integer(0...60)
                return number == 60 ? Double.nan : Double(number % 5 - 3)
            }
            let inputs = [pixels, random.normals(graph.type(of: dy)?.count ?? 0)]
            let expected = try BackendRun(
                graph, inputs: inputs, backends: .reference, workers: .serial, as: Double.self)
            for count in [1, 2, 7] {
                let run = try BackendRun(
                    graph, inputs: inputs, backends: fastBackends, workers: Workers(count), as: Float.self)
                #expect(run.error(against: expected) < 1e-6, "\(window), \(count) workers")
                #expect(!run.kernels.contains { $0.hasPrefix("reference") })
            }
        }
    }

    /// Dropped elements follow from the seed alone: the same ones in any precision, order and number of threads.
    @Test func dropoutDropsTheReferencesElements() throws {
        for shape in [[64, 999], [4, 6, 50, 41]] {
            var graph = Graph(name: "dropout")
            let x = graph.addInput("x", shape: shape)
            let mask = try graph.append(DropoutTraining(ratio: 0.37, salt: 9), inputs: [x])[1]
            graph.addOutput(mask)
            let inputs = [[Double](repeating: 1, count: Shape.count(shape))]
            let invocation = Invocation(seed: 77, step: 12)
            let expected = try BackendRun(
                graph, inputs: inputs, backends: .reference, workers: .serial, as: Float.self, invocation: invocation)
            let run = try BackendRun(
                graph, inputs: inputs, backends: fastBackends, workers: Workers(3), as: Float.self,
                invocation: invocation)
            #expect(run.results == expected.results)
        }
    }

    @Test func doublePrecisionIsDeclined() throws {
        let test = LargeCase("relu", Relu(), [[4, 4]])
        let run = try BackendRun(
            try test.graph(), inputs: Self.inputs(test), backends: fastBackends, workers: .serial, as: Double.self)
        #expect(run.kernels == ["reference.relu"])
    }

    @Test func backendsRegisterThemselvesByName() throws {
        let registry = PluginRegistry()
        Vectorized.register(in: registry)
        OpenBLAS.register(in: registry)
        #expect(
            try BackendList.named("auto", in: registry).backends.map(\.name) == ["openblas", "vectorized", "reference"])
        #expect(try BackendList.named("vectorized", in: registry).backends.map(\.name) == ["vectorized", "reference"])
        #expect(!OpenBLASBackend.coreName.isEmpty)
    }
}
