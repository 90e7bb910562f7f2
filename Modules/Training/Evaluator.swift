import Buffers
import Datasets
import Graphs
import Tensors

/// Measures a network on a data set, image by image in the data's order.
public final class Evaluator {
    /// The network.
    public let classifier: Classifier
    /// The data.
    public let dataset: any Dataset
    private let loader: BatchLoader

    /// Prepares an evaluation.
    ///
    /// - Parameters:
    ///   - classifier: the network.
    ///   - dataset: the data.
    ///   - batchSize: images a program's run, at least 1; a network whose batch size is fixed overrides it.
    ///   - checksLabels: whether every label must have a logit; predictions need none.
    /// - Throws: ``TrainingError`` if network and data do not fit each other.
    public init(
        _ classifier: Classifier, _ dataset: any Dataset, batchSize: Int = 256, checksLabels: Bool = true
    ) throws {
        let size = classifier.fixedBatch ?? batchSize
        try classifier.checkBatches(of: dataset, batchSize: size)
        if checksLabels { try classifier.checkLabels(of: dataset) }
        self.classifier = classifier
        self.dataset = dataset
        loader = try BatchLoader(dataset, batchSize: size)
    }

    /// The loss and accuracy of the network with the given parameters, statistics included.
    public func evaluate(_ parameters: AlignedBuffer<Float>) throws -> Evaluation {
        var sums = EpochSums()
        try loader.start(epoch: 0)
        while let batch = loader.next() {
            let program = try classifier.evaluationProgram(batch: batch.count)
            program.run(parameters: parameters.pointer, inputs: batch.addresses)
            sums.loss += Double(program.output(1)[0]) * Double(batch.count)
            sums.correct += Classifier.correct(
                program.output(0), labels: batch.labels,
                classes: classifier.classes)
            sums.images += batch.count
        }
        return sums.evaluation
    }

    /// The logits of every image, images x classes.
    public func predict(_ parameters: AlignedBuffer<Float>) throws -> Tensor<Float> {
        let classes = classifier.classes
        let logits = try AlignedBuffer<Float>(count: dataset.count * classes)
        var done = 0
        try loader.start(epoch: 0)
        while let batch = loader.next() {
            let program = try classifier.predictionProgram(batch: batch.count)
            program.run(parameters: parameters.pointer, inputs: [batch.addresses[0]])
            let rows = program.output(0)
            (logits.pointer + done * classes).update(from: rows.baseAddress!, count: rows.count)
            done += batch.count
        }
        return try Tensor(shape: [dataset.count, classes], adopting: logits)
    }
}
