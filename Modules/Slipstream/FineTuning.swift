import Buffers
import Graphs
import Layers
import ONNXBridge
import Tensors
import Training

extension ClassifierHead {
    /// The file with a fresh classifier in the place of this one, its weights drawn as those of a dense layer, its offsets
    /// zero.
    ///
    /// ```swift
    /// let file = try ONNXModel(path: "imagenet.onnx")
    /// let head = try ClassifierHead(of: file)
    /// let names = file.parameters.map(\.name).filter { !head.parameters.contains($0) }
    /// let model = try ImportedModel(head.replaced(classes: 5, seed: 0), freezing: Set(names))
    /// ```
    ///
    /// - Parameters:
    ///   - classes: the number of classes, from 2 to ``ClassifierHead/mostClasses``.
    ///   - seed: the same seed gives the same weights.
    /// - Throws: as `replaced(classes:weights:)`; ``FineTuningError`` if the new file's output is not one logit a class.
    public func replaced(classes: Int, seed: UInt64) throws -> ONNXModel {
        try check(classes: classes)
        var weights = [Float](repeating: 0, count: weightCount(classes: classes))
        // A stream of its own: those of a network's parameters count from 0.
        var random = Philox(seed: seed, stream: .max)
        weights.withUnsafeMutableBufferPointer { Initializer.dense(inputs: inputs).fill($0, random: &random) }
        return try replaced(classes: classes, weights: weights)
    }

    /// Checks what a network computes with a replaced classifier.
    ///
    /// - Throws: ``FineTuningError/badOutput(name:shape:classes:)`` if the first output's shape is known, and is not one logit
    ///   a class for each image.
    public func check(_ model: ImportedModel, classes: Int) throws {
        guard let output = model.graph.outputs.first, let shape = model.graph.type(of: output)?.shape else { return }
        guard ClassifierOutput.isRows(shape), shape[1] == classes else {
            throw FineTuningError.badOutput(name: model.graph[output].name, shape: shape, classes: classes)
        }
    }
}

/// A network that cannot be fine-tuned as was asked.
public enum FineTuningError: Error, Equatable, CustomStringConvertible {
    /// With the new classifier, the output is of another shape than one logit a class.
    case badOutput(name: String, shape: [Int], classes: Int)

    public var description: String {
        switch self {
        case .badOutput(let name, let shape, let classes):
            "with a classifier of \(classes) classes, the output '\(name)' has the shape \(Shape.describe(shape)), but should "
                + "be a row of \(classes) for each image"
        }
    }
}
