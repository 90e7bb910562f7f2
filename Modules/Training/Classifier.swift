import Buffers
import Datasets
import Graphs
import Layers

/// A network as a classifier: its graph with labels and a loss behind the logits, compiled for any batch size.
public final class Classifier {
    /// The network's graph, from images to logits.
    public let network: Graph
    /// The number of logits an image.
    public let classes: Int
    /// Channels, height and width of an image.
    public let imageShape: [Int]
    private let loss: ValueID
    private let training: ProgramCache<Float>
    private let prediction: ProgramCache<Float>

    /// Prepares a network for images of a given shape.
    ///
    /// - Parameters:
    ///   - graph: from images, N x C x H x W, to logits, N x classes.
    ///   - imageShape: channels, height and width of the images to come.
    ///   - compiler: the backends and threads to use.
    /// - Throws: ``TrainingError/imageShape(model:data:)`` if the graph takes other images,
    ///   ``TrainingError/logits(shape:)`` if its result is not one row of logits an image, `GraphError` if it cannot be
    ///   compiled.
    public init(_ graph: Graph, imageShape: [Int], compiler: Compiler) throws {
        guard let input = graph.inputs.first, case .input(let dimensions, _) = graph[input].role else {
            throw NetworkError.interface(inputs: graph.inputs.count, outputs: graph.outputs.count)
        }
        let accepts =
            dimensions.count == 4
            && zip(dimensions.dropFirst(), imageShape).allSatisfy { $0.size == nil || $0.size == $1 }
        guard accepts else {
            throw TrainingError.imageShape(model: dimensions.map(\.description), data: imageShape)
        }
        let batch = dimensions[0].size ?? 1
        let typed = try graph.specialized(inputShapes: [[batch] + imageShape])
        let logits = graph.outputs[0]
        guard let shape = typed.type(of: logits)?.shape, shape.count == 2, shape[0] == batch, shape[1] > 0 else {
            throw TrainingError.logits(shape: typed.type(of: logits)?.shape ?? [])
        }
        network = graph
        classes = shape[1]
        self.imageShape = imageShape
        var withLoss = graph
        withLoss.keepOutputs([logits])
        let labels = withLoss.addInput("labels", dimensions: [dimensions[0]], kind: .integer)
        loss = try withLoss.append(SoftmaxCrossEntropy(), inputs: [logits, labels], name: "loss")[0]
        withLoss.addOutput(loss)
        training = ProgramCache(withLoss, compiler: compiler)
        var onlyLogits = graph
        onlyLogits.keepOutputs([logits])
        prediction = ProgramCache(onlyLogits, compiler: compiler)
    }

    /// The program of a training step; its results are the logits and the loss.
    ///
    /// - Parameter batch: the number of images.
    public func trainingProgram(batch: Int) throws -> Program<Float> {
        try training.program(inputShapes: [[batch] + imageShape, [batch]], mode: .training(loss: loss))
    }

    /// The program that measures; its results are the logits and the loss.
    ///
    /// - Parameter batch: the number of images.
    public func evaluationProgram(batch: Int) throws -> Program<Float> {
        try training.program(inputShapes: [[batch] + imageShape, [batch]], mode: .inference)
    }

    /// The program that predicts; its result is the logits.
    ///
    /// - Parameter batch: the number of images.
    public func predictionProgram(batch: Int) throws -> Program<Float> {
        try prediction.program(inputShapes: [[batch] + imageShape], mode: .inference)
    }

    /// Checks that each of a data set's classes has a logit.
    ///
    /// - Throws: ``TrainingError/tooFewOutputs(logits:classes:data:)``.
    func checkLabels(of dataset: any Dataset) throws(TrainingError) {
        guard dataset.classCount <= classes else {
            throw .tooFewOutputs(logits: classes, classes: dataset.classCount, data: dataset.name)
        }
    }

    /// Checks that a data set's batches fit the graph, where it takes only one size.
    ///
    /// - Throws: ``TrainingError/bakedBatch(model:asked:images:)``.
    func checkBatches(of dataset: any Dataset, batchSize: Int) throws(TrainingError) {
        if let fixed = fixedBatch, batchSize != fixed || dataset.count % fixed != 0 {
            throw .bakedBatch(model: fixed, asked: batchSize, images: dataset.count)
        }
    }

    /// The only batch size that the graph takes; `nil` if it takes any.
    var fixedBatch: Int? {
        guard case .input(let dimensions, _) = network[network.inputs[0]].role else { return nil }
        return dimensions[0].size
    }

    /// The number of rows whose largest logit is the label's. Ties go to the first; a row with NaN counts as wrong.
    ///
    /// - Parameters:
    ///   - logits: one row of `classes` numbers a label.
    ///   - labels: the right classes.
    public static func correct(
        _ logits: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int32>, classes: Int
    ) -> Int {
        var correct = 0
        for (row, label) in labels.enumerated() {
            let first = row * classes
            var best = 0
            var isComparable = true
            for k in 0..<classes {
                if logits[first + k].isNaN { isComparable = false }
                if logits[first + k] > logits[first + best] { best = k }
            }
            if isComparable, best == Int(label) { correct += 1 }
        }
        return correct
    }
}
