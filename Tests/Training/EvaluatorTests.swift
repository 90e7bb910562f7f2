import Buffers
import Datasets
import Foundation
import Graphs
import Layers
import Tensors
import Testing
import Training

@Suite struct EvaluatorTests {
    private static func classifier(_ network: Network) throws -> Classifier {
        try Classifier(
            network.graph, imageShape: [1, 8, 8], compiler: Compiler(backends: allBackends, workers: Workers(2)))
    }

    /// Loss and accuracy of logits, in double precision.
    private static func measure(_ logits: Tensor<Float>, _ labels: [Int32]) -> (loss: Double, accuracy: Double) {
        let (elements, classes) = (logits.elements, logits.shape[1])
        var (loss, correct) = (0.0, 0)
        for (row, label) in labels.enumerated() {
            let x = elements[row * classes..<(row + 1) * classes].map(Double.init)
            let largest = x.max() ?? 0
            loss += log(x.reduce(0) { $0 + exp($1 - largest) }) + largest - x[Int(label)]
            if x.firstIndex(of: largest) == Int(label) { correct += 1 }
        }
        return (loss / Double(labels.count), Double(correct) / Double(labels.count))
    }

    @Test(arguments: [1, 7, 64, 256, 360, 1000])
    func lossAndAccuracyAreThoseOfThePredictedLogits(_ batchSize: Int) throws {
        let network = try Networks.normalized()
        let data = try digits(.test)
        let evaluator = try Evaluator(Self.classifier(network), data, batchSize: batchSize)
        let logits = try evaluator.predict(network.parameters.values)
        #expect(logits.shape == [360, 10])
        let expected = Self.measure(logits, data.labels)
        let found = try evaluator.evaluate(network.parameters.values)
        #expect(abs(found.loss - expected.loss) < 1e-6)
        #expect(found.accuracy == expected.accuracy && found.images == 360)
    }

    @Test func logitsAreThoseOfTheWrittenOutNetwork() throws {
        let network = try Networks.linear(seed: 4)
        let data = try digits(.test, first: 70)
        let evaluator = try Evaluator(Self.classifier(network), data, batchSize: 32)
        let reference = LinearReference(network, data)
        let found = try evaluator.evaluate(network.parameters.values)
        #expect(abs(found.loss - reference.loss) < 1e-6 && found.accuracy == reference.accuracy)
        let twice = try (0..<2).map { _ in try evaluator.predict(network.parameters.values) }
        #expect(twice[0] == twice[1])
        let one = try Evaluator(Self.classifier(network), data, batchSize: 1).predict(network.parameters.values)
        for (a, b) in zip(one.elements, twice[0].elements) { #expect(abs(a - b) < 1e-5) }
    }

    @Test func evaluationUsesRunningStatisticsAndChangesNothing() throws {
        let network = try Networks.normalized()
        let before = network.parameters.values.bits
        let evaluator = try Evaluator(Self.classifier(network), digits(.test, first: 40))
        let first = try evaluator.evaluate(network.parameters.values)
        #expect(network.parameters.values.bits == before)
        let variances = try #require(network.parameters["norm1.running_var"])
        for index in variances.indices { variances[index] = 9 }
        #expect(try evaluator.evaluate(network.parameters.values).loss != first.loss)
    }

    /// A network of offsets alone: every image gets these logits.
    private static func constant(_ logits: [Float]) throws -> Network {
        let network = try Networks.linear(outputs: logits.count)
        network.parameters.values.zero()
        _ = try #require(network.parameters["dense1.bias"]).update(fromContentsOf: logits)
        return network
    }

    @Test func ofEqualLogitsTheFirstClassIsChosen() throws {
        let network = try Self.constant([0, 2, 1, 2, -1])
        let data = try uniform(10, classes: 5)
        let result = try Evaluator(Self.classifier(network), data).evaluate(network.parameters.values)
        // Class 1 has two images of ten, class 3 as many.
        #expect(result.accuracy == 0.2)
        let zeros = try Self.constant([0, 0, 0, 0, 0])
        let even = try Evaluator(Self.classifier(zeros), uniform(11, classes: 5)).evaluate(zeros.parameters.values)
        #expect(even.accuracy == 3.0 / 11)
        #expect(abs(even.loss - log(5)) < 1e-6)
    }

    @Test(arguments: 0..<5)
    func imagesWhoseLogitsAreNotAllNumbersCountAsWrong(_ class: Int) throws {
        var logits: [Float] = [5, 4, 3, 2, 1]
        logits[`class`] = .nan
        let network = try Self.constant(logits)
        let result = try Evaluator(Self.classifier(network), uniform(10, classes: 5)).evaluate(
            network.parameters.values)
        #expect(result.accuracy == 0)
        #expect(!result.loss.isFinite)
    }

    @Test func infiniteLogitsAreCompared() throws {
        let network = try Self.constant([0, -.infinity, .infinity])
        let result = try Evaluator(Self.classifier(network), uniform(9, classes: 3)).evaluate(network.parameters.values)
        #expect(result.accuracy == 1.0 / 3)
    }

    @Test func ofTwoResultsTheMoreAccurateThenTheSurerIsBetter() {
        let good = Evaluation(loss: 1, accuracy: 0.9, images: 10)
        #expect(good.isBetter(than: nil))
        #expect(!good.isBetter(than: good))
        #expect(good.isBetter(than: Evaluation(loss: 0.1, accuracy: 0.8, images: 10)))
        #expect(good.isBetter(than: Evaluation(loss: 1.1, accuracy: 0.9, images: 10)))
        let lost = Evaluation(loss: .nan, accuracy: 0.9, images: 10)
        #expect(good.isBetter(than: lost) && !lost.isBetter(than: good) && !lost.isBetter(than: lost))
        #expect(good.isBetter(than: Evaluation(loss: .infinity, accuracy: 0.9, images: 10)))
    }
}
