/// The classifier at the end of a network in a file: the last dense layer or convolution before its first output.
///
/// It is found by what nodes compute, not by names: from the output back through softmax, pooling, flattening, dropout and
/// the like to the last `Gemm`, `MatMul` (with or without `Add`) or `Conv`. Exchanging it is what fine-tuning on other
/// classes begins with:
///
/// ```swift
/// let head = try ClassifierHead(of: file)
/// let weights = [Float](repeating: 0, count: head.weightCount(classes: 5))
/// let model = try ImportedModel(head.replaced(classes: 5, weights: weights))
/// ```
public struct ClassifierHead: Sendable {
    /// The node's name, or its operator and output.
    public let node: String
    /// The operator: `Gemm`, `MatMul` or `Conv`.
    public let operation: String
    /// How many products each class sums.
    public let inputs: Int
    /// The number of classes.
    public let classes: Int
    /// The weights' name as a parameter.
    public let weight: String
    /// The weights' shape in the file.
    public let weightShape: [Int]
    /// The offsets' name as a parameter; `nil` if there are none.
    public let bias: String?
    /// Outputs of the model that do not follow from this classifier, such as those of auxiliary ones.
    public let otherOutputs: [String]

    let model: ONNXModel
    let weightTensor: HeadTensor
    let biasTensor: HeadTensor?
    let axes: ClassAxes

    /// Finds the classifier of a file.
    ///
    /// - Throws: ``HeadError`` if there is none, if its weights are used elsewhere too, or if a node behind it depends on the
    ///   number of classes in a way that is not known.
    public init(of model: ONNXModel) throws(HeadError) {
        let uses = ValueUses(model.graph)
        let found = try HeadSearch(model.graph, uses).run()
        axes = try ClassAxes(found, in: model, uses)
        self.model = model
        node = found.node.label
        operation = found.node.operation
        weightTensor = found.weight
        biasTensor = found.bias
        classes = found.weight.classes
        weight = found.weight.name
        weightShape = found.weight.tensor.shape
        bias = found.bias?.name
        inputs = classes > 0 ? found.weight.tensor.count / classes : 0
        let reached = axes.known
        otherOutputs = model.graph.outputs.map(\.name).filter { reached[$0] == nil }
        guard inputs > 0 else {
            throw .badWeights(node: node, reason: "its weights '\(weight)' are empty")
        }
    }

    /// The names of its parameters.
    public var parameters: [String] { [weight] + [bias].compactMap { $0 } }

    /// The greatest number of classes that a file has room for: its messages are smaller than 2 GiB.
    public var mostClasses: Int { max(2, min(1_000_000, (1 << 30) / max(inputs, 1) / 8)) }

    /// The number of weights for a number of classes.
    public func weightCount(classes: Int) -> Int { classes * inputs }

    /// The weights' shape for a number of classes.
    public func weightShape(classes: Int) -> [Int] { weightTensor.shape(classes: classes) }

    /// Checks a number of classes before any work.
    ///
    /// - Throws: ``HeadError/badClasses(_:most:)`` for less than 2, or too many.
    public func check(classes: Int) throws(HeadError) {
        guard (2...mostClasses).contains(classes) else { throw .badClasses(classes, most: mostClasses) }
    }
}
