import Buffers
import Graphs
import Layers

/// A network as a classifier: its graph with labels and a loss behind the logits, compiled for any batch size.
/// ``ClassifierOutput`` says which value has the logits.
///
/// ```swift
/// let classifier = try Classifier(network.graph, imageShape: [1, 8, 8], compiler: compiler)
/// let result = try Evaluator(classifier, dataset).evaluate(network.parameters.values)
/// ```
///
/// Its programs share the memory of their activations: none may run at the same time as another, and a run overwrites
/// the results of all others.
public final class Classifier {
    /// The network's graph, from images to logits.
    public let network: Graph
    /// Where in the graph the logits are.
    public let output: ClassifierOutput
    /// The number of logits an image.
    public var classes: Int { output.classes }
    /// Channels, height and width of an image.
    public let imageShape: [Int]
    /// The only batch size that the graph takes; `nil` if it takes any.
    public var fixedBatch: Int? { output.batch.size }
    private let loss: ValueID
    private let measuring: ProgramCache<Float>
    private let predicting: ProgramCache<Float>

    /// Prepares a network for images of a given shape.
    ///
    /// - Parameters:
    ///   - graph: from images, N x C x H x W, to logits or what a softmax makes of them, N x classes; further outputs are
    ///     not computed.
    ///   - imageShape: channels, height and width of the images to come.
    ///   - compiler: the backends and threads to use.
    /// - Throws: ``TrainingError/imageShape(model:data:)`` if the graph takes other images,
    ///   ``TrainingError/logits(shape:)`` if its result is not one row of logits an image, `NetworkError` unless it has
    ///   one input and at least one output, `GraphError` if it does not fit together.
    public init(_ graph: Graph, imageShape: [Int], compiler: Compiler) throws {
        output = try ClassifierOutput(of: graph, imageShape: imageShape)
        network = graph
        self.imageShape = imageShape
        var withLoss = graph
        let logits = try output.rows(of: output.logits, in: &withLoss)
        withLoss.keepOutputs([logits])
        let labels = withLoss.addInput("labels", dimensions: [output.batch], kind: .integer)
        loss = try withLoss.append(SoftmaxCrossEntropy(), inputs: [logits, labels], name: "loss")[0]
        withLoss.addOutput(loss)
        // Steps and measurements take turns.
        let arena = Arena()
        measuring = ProgramCache(withLoss, compiler: compiler, arena: arena)
        var onlyResult = graph
        onlyResult.keepOutputs([try output.rows(of: output.result, in: &onlyResult)])
        predicting = ProgramCache(onlyResult, compiler: compiler, arena: arena)
    }

    /// The program of a training step; its results are the logits and the loss.
    ///
    /// - Parameter batch: the number of images, at least 1.
    /// - Throws: `GraphError` if the network has no gradient, does not take this many images, or needs too much memory.
    public func trainingProgram(batch: Int) throws -> Program<Float> {
        try measuring.program(inputShapes: [[batch] + imageShape, [batch]], mode: .training(loss: loss))
    }

    /// The program that measures; its results are the logits and the loss.
    ///
    /// - Parameter batch: the number of images, at least 1.
    /// - Throws: `GraphError` if the network does not take this many images, or needs too much memory.
    public func evaluationProgram(batch: Int) throws -> Program<Float> {
        try measuring.program(inputShapes: [[batch] + imageShape, [batch]], mode: .inference)
    }

    /// The program that predicts; its result is the network's own, N x classes.
    ///
    /// - Parameter batch: the number of images, at least 1.
    /// - Throws: `GraphError` if the network does not take this many images, or needs too much memory.
    public func predictionProgram(batch: Int) throws -> Program<Float> {
        let program = try predicting.program(inputShapes: [[batch] + imageShape], mode: .inference)
        let shape = program.outputTypes[0].shape
        guard shape == [batch, classes] else { throw TrainingError.rows(logits: shape, images: batch) }
        return program
    }

    /// The number of rows whose largest logit is the label's. Ties go to the first class; a row with NaN counts as wrong.
    ///
    /// - Parameters:
    ///   - logits: one row of ``classes`` numbers a label.
    ///   - labels: the right classes.
    func correct(_ logits: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int32>) -> Int {
        precondition(logits.count == labels.count * classes, "\(logits.count) logits for \(labels.count) labels")
        var correct = 0
        for row in labels.indices {
            let first = row * classes
            var best = 0
            var isComparable = true
            for k in 0..<classes {
                if logits[first + k].isNaN { isComparable = false }
                if logits[first + k] > logits[first + best] { best = k }
            }
            if isComparable, best == Int(labels[row]) { correct += 1 }
        }
        return correct
    }
}
