import Buffers
import Datasets
import Graphs
import Layers
import Tensors
import Testing
import Training

/// Files end in more ways than a row of logits: what the loss is taken of, and what is predicted.
@Suite struct ClassifierOutputTests {
    private static let compiler = Compiler(backends: allBackends, workers: Workers(2))

    /// A dense layer of ten classes on images of 1 x 8 x 8, and what follows it.
    private static func network(_ end: (inout Graph, ValueID) throws -> ValueID) throws -> Network {
        var graph = Graph(name: "ends")
        let x = graph.addInput("x", dimensions: [.symbolic("N"), .fixed(1), .fixed(8), .fixed(8)])
        let weight = graph.addParameter("w", shape: [10, 64], kind: .weight)
        let logits = try graph.apply(Gemm(transposeB: true), try graph.apply(Flatten(), x), weight)
        graph.addOutput(try end(&graph, logits))
        let store: ParameterStore<Float> = try ParameterStore(layout: graph.parameterLayout())
        for index in 0..<640 { store.values.pointer[index] = Float(index * 37 % 101 - 50) / 400 }
        return try Network(graph: graph, parameters: store)
    }

    private static func asImages(_ graph: inout Graph, _ value: ValueID) throws -> ValueID {
        try graph.apply(Unsqueeze(), value, graph.addConstant(.integers([2, 3])))
    }

    private static func evaluation(_ network: Network) throws -> Evaluation {
        let classifier = try Classifier(network.graph, imageShape: [1, 8, 8], compiler: compiler)
        return try Evaluator(classifier, digits(.test, first: 90)).evaluate(network.parameters.values)
    }

    private typealias End = @Sendable (inout Graph, ValueID) throws -> ValueID

    private static let ends: [(name: String, normalization: String?, end: End)] = [
        ("softmax", "Softmax", { try $0.apply(Softmax(), $1) }),
        ("softmax of opset 12", "Softmax", { try $0.apply(Softmax(axis: 1, flattensFromAxis: true), $1) }),
        ("logarithm", "LogSoftmax", { try $0.apply(LogSoftmax(axis: 1), $1) }),
        ("1 x 1 pixels", nil, { try asImages(&$0, $1) }),
        ("softmax of pixels", "Softmax", { try $0.apply(Softmax(axis: 1), try asImages(&$0, $1)) }),
        (
            "softmax, flattened", "Softmax",
            { try $0.apply(Flatten(), try $0.apply(Softmax(axis: 1), try asImages(&$0, $1))) }
        ),
    ]

    @Test(arguments: ends.indices) func theLossIsThatOfTheLogits(index: Int) throws {
        let (name, normalization, end) = Self.ends[index]
        let plain = try Self.network { $1 }
        let network = try Self.network(end)
        let output = try ClassifierOutput(of: network.graph, imageShape: [1, 8, 8])
        #expect(output.normalization?.prefix { $0 != " " } == normalization.map { $0[...] }, "\(name)")
        #expect((output.remark != nil) == (normalization != nil), "\(name)")
        #expect(output.classes == 10)
        #expect(try Self.evaluation(network) == Self.evaluation(plain), "\(name)")
    }

    @Test func predictionsAreTheNetworksOwnResult() throws {
        let network = try Self.network { try $0.apply(Softmax(axis: 1), try Self.asImages(&$0, $1)) }
        let classifier = try Classifier(network.graph, imageShape: [1, 8, 8], compiler: Self.compiler)
        let rows = try Evaluator(classifier, digits(.test, first: 9)).predict(network.parameters.values)
        #expect(rows.shape == [9, 10])
        for row in 0..<9 {
            #expect(abs(rows.elements[row * 10..<row * 10 + 10].reduce(0, +) - 1) < 1e-5)
        }
    }

    @Test func aSoftmaxOfSomethingElseStays() throws {
        // Over the images of a batch, over groups of classes, and before other operators.
        for end in [
            { try $0.apply(Softmax(axis: 0), $1) },
            {
                let pairs = try $0.apply(Reshape(), $1, $0.addConstant(.integers([-1, 5, 2])))
                return try $0.apply(Flatten(), try $0.apply(Softmax(axis: 2), pairs))
            },
            { try $0.apply(Relu(), try $0.apply(Softmax(), $1)) },
        ] as [End] {
            let output = try ClassifierOutput(of: Self.network(end).graph, imageShape: [1, 8, 8])
            #expect(output.logits == output.result && output.normalization == nil && output.remark == nil)
        }
    }

    @Test func aSigmoidIsTold() throws {
        let output = try ClassifierOutput(
            of: Self.network { try $0.apply(Sigmoid(), $1) }.graph, imageShape: [1, 8, 8])
        #expect(output.logits == output.result)
        #expect(output.remark?.contains("one class an image, takes what comes out of Sigmoid") == true)
    }

    @Test func severalPixelsAreNoRow() throws {
        let network = try Self.network {
            try $0.apply(Reshape(), $1, $0.addConstant(.integers([-1, 5, 2, 1])))
        }
        #expect(
            failure { try ClassifierOutput(of: network.graph, imageShape: [1, 8, 8]) }
                == TrainingError.logits(shape: [1, 5, 2, 1]))
    }
}
