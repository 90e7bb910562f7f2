import Buffers
import Datasets
import Graphs
import Layers
import Testing
import Training

/// Networks, data and settings that do not fit each other are refused before anything is done.
@Suite struct DataFitTests {
    private static let compiler = Compiler(backends: allBackends, workers: Workers(2))

    private static func trainer(
        _ network: Network, _ training: any Dataset, _ validation: (any Dataset)? = nil,
        _ change: (inout TrainingSettings) -> Void = { _ in }
    ) throws -> Trainer {
        var settings = shortSettings(epochs: 2)
        change(&settings)
        return try Trainer(
            network: network, training: training, validation: validation ?? training, settings: settings)
    }

    @Test func fewerOutputsThanClassesAreRefused() throws {
        let network = try Networks.linear(outputs: 9)
        let expected = TrainingError.tooFewOutputs(logits: 9, classes: 10, data: "digits/train")
        #expect(failure { try Self.trainer(network, digits()) } == expected)
        #expect("\(expected)" == "the model has 9 outputs, but the labels of digits/train need 10")
        #expect(
            failure { try Self.trainer(network, uniform(20, classes: 9), digits(.test)) }
                == TrainingError.tooFewOutputs(logits: 9, classes: 10, data: "digits/test"))
        let classifier = try Classifier(network.graph, imageShape: [1, 8, 8], compiler: Self.compiler)
        #expect(failure(TrainingError.self) { try Evaluator(classifier, digits(.test)) } != nil)
        // Predictions need no labels.
        let logits = try Evaluator(classifier, digits(.test), checksLabels: false).predict(network.parameters.values)
        #expect(logits.shape == [360, 9])
    }

    @Test func moreOutputsThanClassesAreFine() throws {
        #expect(try Self.trainer(Networks.linear(outputs: 12), digits(first: 40)).run() == .finished)
    }

    @Test(arguments: [[1, 28, 28], [3, 8, 8], [1, 8, 9], [1, 4, 4]])
    func imagesOfAnotherShapeAreRefusedWithBothShapes(_ shape: [Int]) throws {
        let network = try Networks.linear()
        let other = try uniform(20, shape: shape)
        guard case .imageShape(let model, shape) = failure(TrainingError.self, { try Self.trainer(network, other) })
        else {
            Issue.record("training data was not refused")
            return
        }
        #expect(model.suffix(3) == ["1", "8", "8"])
        // Validation data would otherwise be read past its end.
        let expected = TrainingError.imageShape(model: ["N", "1", "8", "8"], data: shape)
        #expect(failure { try Self.trainer(network, digits(first: 20), other) } == expected)
        #expect("\(expected)".contains("takes N x 1 x 8 x 8 (batch, then channels x height x width), but the data's"))
        #expect(
            failure(TrainingError.self) {
                try Classifier(network.graph, imageShape: Array(shape.dropFirst()), compiler: Self.compiler)
            } != nil)
    }

    @Test func dataWithoutImagesIsRefused() throws {
        let network = try Networks.linear()
        #expect(failure { try Self.trainer(network, NoImages()) } == TrainingError.noImages(data: "nothing"))
        #expect(
            failure { try Self.trainer(network, digits(first: 9), NoImages()) }
                == TrainingError.noImages(data: "nothing"))
    }

    @Test func aFixedBatchSizeHasToDivideTheData() throws {
        let network = try Networks.baked(batch: 4)
        let asked = TrainingError.bakedBatch(model: 4, asked: 8, images: 40)
        #expect(failure { try Self.trainer(network, digits(first: 40)) { $0.batchSize = 8 } } == asked)
        #expect("\(asked)".contains("fixed at 4, and a batch size of 8 was asked for"))
        let uneven = TrainingError.bakedBatch(model: 4, asked: 4, images: 42)
        #expect(failure { try Self.trainer(network, digits(first: 42)) { $0.batchSize = 4 } } == uneven)
        #expect("\(uneven)".contains("fixed at 4, and 42 images are no whole number of such batches"))
        #expect(
            failure { try Self.trainer(network, digits(first: 40), digits(.test, first: 30)) { $0.batchSize = 4 } }
                == TrainingError.bakedBatch(model: 4, asked: 4, images: 30))
        let trainer = try Self.trainer(network, digits(first: 40)) { $0.batchSize = 4 }
        #expect(try trainer.run() == .finished)
        #expect(trainer.state.step == 20 && trainer.state.history[1].loss < trainer.state.history[0].trainingLoss)
    }

    @Test func aBatchMayBeLargerThanTheData() throws {
        let trainer = try Self.trainer(Networks.normalized(), digits(first: 20)) {
            $0.batchSize = .max
            $0.evaluationBatchSize = .max
        }
        #expect(try trainer.run() == .finished)
        #expect(trainer.state.step == 2 && trainer.state.history[1].trainingLoss.isFinite)
    }

    @Test func oneImageIsEnough() throws {
        let trainer = try Self.trainer(Networks.convolutional(), digits(first: 1)) { $0.epochs = 20 }
        try trainer.run()
        #expect(trainer.state.history.last?.accuracy == 1)
    }

    /// 33 images in batches of 32: the last has one image of one pixel a channel, and no variance.
    @Test(arguments: [BackendList.reference, allBackends])
    func aBatchOfOneValueAChannelLeavesTheRunningVarianceAlone(_ backends: BackendList) throws {
        let network = try Networks.normalizedPixel()
        let names = ["norm1.running_mean", "norm1.running_var"]
        var seen: [[[Float]]] = []
        let trainer = try Self.trainer(network, digits(first: 33)) {
            $0.batchSize = 32
            $0.epochs = 3
            $0.backends = backends
        }
        var events = TrainingEvents()
        events.stepped = { _ in
            seen.append(names.map { Array(trainer.state.parameters[$0] ?? .init(start: nil, count: 0)) })
        }
        try trainer.run(events)
        #expect(seen.count == 6)
        for epoch in 0..<3 {
            let (full, single) = (seen[2 * epoch], seen[2 * epoch + 1])
            #expect(full[1].count == 6 && full[1] == single[1])
            #expect(full[0] != single[0])
        }
        #expect(seen[1][1] != seen[2][1])
        #expect(trainer.state.parameters.values.elements.allSatisfy { $0.isFinite })
        #expect(trainer.state.history.allSatisfy { $0.loss.isFinite && $0.trainingLoss.isFinite })
    }

    @Test func settingsOutOfRangeAreRefusedByName() throws {
        func name(_ change: (inout TrainingSettings) -> Void) throws -> String? {
            guard
                case .badSetting(let name, _, _) = failure(
                    TrainingError.self, { try Self.trainer(Networks.linear(), digits(first: 9), nil, change) })
            else { return nil }
            return name
        }
        for value in [0, 1_000_001, Int.max] { #expect(try name { $0.epochs = value } == "epochs") }
        #expect(try name { $0.batchSize = 0 } == "batch size")
        #expect(try name { $0.batchSize = .min } == "batch size")
        #expect(try name { $0.evaluationBatchSize = 0 } == "evaluation batch size")
        for rate in [-1, Double.nan, .infinity] { #expect(try name { $0.learningRate = rate } == "learning rate") }
    }

    @Test func graphsThatAreNoClassifiersAreRefused() throws {
        func graph(_ build: (inout Graph, ValueID) throws -> Void) throws -> Graph {
            var graph = Graph(name: "test")
            let x = graph.addInput("x", dimensions: [.symbolic("N"), .fixed(1), .fixed(8), .fixed(8)])
            try build(&graph, x)
            return graph
        }
        func error(_ graph: Graph) -> (any Error)? {
            failure((any Error).self) { try Classifier(graph, imageShape: [1, 8, 8], compiler: Self.compiler) }
        }
        let image = try graph { $0.addOutput(try $0.apply(Relu(), $1)) }
        #expect(error(image) as? TrainingError == .logits(shape: [1, 1, 8, 8]))
        // Rows that do not follow the batch: missing ones would be read as zeros.
        let few = try graph {
            $0.addOutput(try $0.apply(Slice(starts: [0], ends: [3], axes: [0]), try $0.apply(Flatten(), $1)))
        }
        #expect(error(few) as? TrainingError == .rows(logits: [3, 64], images: 7))
        let some = try Classifier(
            try graph {
                $0.addOutput(try $0.apply(Slice(starts: [0], ends: [9], axes: [0]), try $0.apply(Flatten(), $1)))
            }, imageShape: [1, 8, 8], compiler: Self.compiler)
        let cut = failure(TrainingError.self) { try some.predictionProgram(batch: 12) }
        #expect(cut == .rows(logits: [9, 64], images: 12))
        let none = try graph { _, _ in }
        #expect(error(none) as? NetworkError == .interface(inputs: 1, outputs: 0))
        let two = try graph {
            let other = $0.addInput("y", dimensions: [.symbolic("N"), .fixed(64)])
            $0.addOutput(try $0.apply(Add(), try $0.apply(Flatten(), $1), other))
        }
        #expect(error(two) as? NetworkError == .interface(inputs: 2, outputs: 1))
        // A batch size that is buried in the graph shows when a program is compiled: before the run begins.
        let buried = try graph {
            let shape = $0.addConstant(.integers([1, -1]))
            let flat = try $0.apply(Reshape(), $1, shape)
            let weight = $0.addParameter("w", shape: [10, 64], kind: .weight)
            $0.addOutput(try $0.apply(Gemm(transposeB: true), flat, weight))
        }
        let network = try Network(graph: buried, parameters: ParameterStore(layout: buried.parameterLayout()))
        #expect(failure(GraphError.self) { try Self.trainer(network, digits(first: 40)) } != nil)
    }
}
