import Buffers
import Datasets
import Graphs
import Tensors

/// Measures a network on a data set, image by image in the data's order.
///
/// Not safe to use from two threads at once, nor at the same time as anything else of its classifier.
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
    /// - Throws: ``TrainingError`` if network and data do not fit each other, `BatchLoaderError` for an impossible size.
    public init(
        _ classifier: Classifier, _ dataset: any Dataset, batchSize: Int = 256, checksLabels: Bool = true
    ) throws {
        let size = classifier.fixedBatch ?? batchSize
        try classifier.check(dataset, batchSize: size, checksLabels: checksLabels)
        self.classifier = classifier
        self.dataset = dataset
        loader = try BatchLoader(dataset, batchSize: size)
    }

    /// The loss and accuracy of the network with the given parameters, statistics included.
    ///
    /// The loss is NaN or infinite where the network's is; an image whose logits are not all numbers counts as wrong.
    ///
    /// - Parameter parameters: the whole parameter vector, as the network's layout says.
    /// - Throws: `GraphError` if the network does not take batches of this size, or needs too much memory.
    public func evaluate(_ parameters: AlignedBuffer<Float>) throws -> Evaluation {
        var sums = EpochSums(reported: 0)
        var inputs: [UnsafeRawPointer] = []
        let invocation = Invocation(parameters: ParametersVersion())
        try loader.start(epoch: 0)
        while let batch = loader.next() {
            let program = try classifier.evaluationProgram(batch: batch.count)
            batch.list(in: &inputs)
            program.run(parameters: parameters.pointer, inputs: inputs, invocation: invocation)
            sums.add(
                loss: Double(program.output(1)[0]),
                correct: classifier.correct(program.output(0), labels: batch.labels), images: batch.count)
        }
        return sums.evaluation
    }

    /// The logits of every image, images x classes.
    ///
    /// - Parameter parameters: the whole parameter vector, as the network's layout says.
    /// - Throws: `GraphError` if the network does not take batches of this size, or needs too much memory;
    ///   `AllocationError` if the logits do not fit memory.
    public func predict(_ parameters: AlignedBuffer<Float>) throws -> Tensor<Float> {
        let classes = classifier.classes
        let logits = try AlignedBuffer<Float>(count: dataset.count * classes)
        var inputs: [UnsafeRawPointer] = []
        let invocation = Invocation(parameters: ParametersVersion())
        var done = 0
        try loader.start(epoch: 0)
        while let batch = loader.next() {
            let program = try classifier.predictionProgram(batch: batch.count)
            batch.list(in: &inputs, withLabels: false)
            program.run(parameters: parameters.pointer, inputs: inputs, invocation: invocation)
            let rows = program.output(0)
            _ = logits.mutableElements[(done * classes)...].update(fromContentsOf: rows)
            done += batch.count
        }
        return try Tensor(shape: [dataset.count, classes], adopting: logits)
    }
}
