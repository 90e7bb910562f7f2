import Graphs
import Layers
import Tensors

/// Where a network's graph has its logits, and how its result tells classes.
///
/// Cross-entropy normalises logits itself. A file that ends in a `Softmax` or `LogSoftmax` of its classes, as many exports
/// for deployment do, is trained and measured on what goes into it; the file keeps the operator, and predictions are its own
/// result. Results of the shape N x classes x 1 x 1, as of fully convolutional classifiers, count as rows of logits.
public struct ClassifierOutput: Sendable {
    /// The network's first result.
    public let result: ValueID
    /// What the loss is taken of: the result, or what the network normalises to it.
    public let logits: ValueID
    /// The number of logits an image.
    public let classes: Int
    /// The number of images that the graph takes.
    public let batch: Dimension
    /// The operator between logits and result, such as `Softmax 'probabilities'`; `nil` if there is none.
    public let normalization: String?
    /// What somebody should know before training on it; `nil` if there is nothing.
    public let remark: String?
    /// Those of both values that are not of the shape N x classes.
    private let unflattened: Set<ValueID>

    /// Finds the logits.
    ///
    /// - Parameters:
    ///   - graph: from images, N x C x H x W, to logits, N x classes; further outputs do not count.
    ///   - imageShape: channels, height and width of the images to come.
    /// - Throws: ``TrainingError/imageShape(model:data:)`` if the graph takes other images,
    ///   ``TrainingError/logits(shape:)`` if its result is not one row of logits an image, `NetworkError` unless it has
    ///   one input and at least one output, `GraphError` if it does not fit together.
    public init(of graph: Graph, imageShape: [Int]) throws {
        guard graph.inputs.count == 1, let result = graph.outputs.first,
            case .input(let dimensions, _) = graph[graph.inputs[0]].role
        else { throw NetworkError.interface(inputs: graph.inputs.count, outputs: graph.outputs.count) }
        let accepts =
            dimensions.count == 4 && imageShape.count == 3
            && zip(dimensions.dropFirst(), imageShape).allSatisfy { $0.size == nil || $0.size == $1 }
        guard accepts else { throw TrainingError.imageShape(model: dimensions.map(\.description), data: imageShape) }
        batch = dimensions[0]
        var typed = graph
        var classes = 0
        // A result that does not follow the batch may fit one of a single image.
        for batch in batch.size.map({ [$0] }) ?? [1, 7] {
            guard batch >= 1 else {
                throw TrainingError.badSetting(name: "the model's batch size", value: "\(batch)", allowed: "at least 1")
            }
            typed = try graph.specialized(inputShapes: [[batch] + imageShape])
            let shape = typed.type(of: result)?.shape ?? []
            guard Self.isRows(shape), shape[1] > 0 else {
                throw TrainingError.logits(shape: shape)
            }
            guard shape[0] == batch else { throw TrainingError.rows(logits: shape, images: batch) }
            classes = shape[1]
        }
        self.result = result
        self.classes = classes
        let last = graph.lastOperation(before: result)
        if let last, last.node.operation.normalizesRows(of: typed.type(of: last.operand)?.shape ?? [], classes: classes)
        {
            logits = last.operand
            normalization = last.node.label
            remark = "the loss is taken before \(last.node.label), which stays in the file"
        } else {
            logits = result
            normalization = nil
            remark =
                last?.node.operation is Sigmoid
                ? "the loss, the cross-entropy of one class an image, takes what comes out of \(last?.node.label ?? "") for logits"
                : nil
        }
        unflattened = Set([result, logits].filter { typed.type(of: $0)?.shape.count != 2 })
    }

    /// Whether a shape is that of rows of logits: N x classes, or N x classes x 1 x 1.
    public static func isRows(_ shape: [Int]) -> Bool {
        shape.count >= 2 && shape.dropFirst(2).allSatisfy { $0 == 1 }
    }

    /// The result or the logits in the shape N x classes, for which a node is added where it is needed.
    func rows(of value: ValueID, in graph: inout Graph) throws(GraphError) -> ValueID {
        guard unflattened.contains(value) else { return value }
        return try graph.append(Flatten(), inputs: [value], name: "rows")[0]
    }
}

extension Graph {
    /// The last node before a value that does more than give its elements another shape, and its first operand.
    fileprivate func lastOperation(before value: ValueID) -> (node: Node, operand: ValueID)? {
        let producers = Dictionary(
            nodes.flatMap { node in node.outputs.map { ($0, node) } }, uniquingKeysWith: { first, _ in first })
        var value = value
        while let node = producers[value], let operand = node.inputs.first ?? nil {
            guard node.operation is any ReshapingOperator || node.operation is Identity else { return (node, operand) }
            value = operand
        }
        return nil
    }
}

extension Node {
    fileprivate var label: String { "\(type(of: operation).name) '\(name)'" }
}

extension Operator {
    /// Whether it is a softmax, or its logarithm, of all of an image's classes.
    fileprivate func normalizesRows(of shape: [Int], classes: Int) -> Bool {
        guard let groups = (self as? Softmax)?.groups ?? (self as? LogSoftmax)?.groups, shape.count >= 2,
            shape.dropFirst().reduce(1, *) == classes
        else { return false }
        let first = groups.axis < 0 ? groups.axis + shape.count : groups.axis
        guard first >= 1 else { return false }
        return (groups.flattensFromAxis ? Shape.count(Array(shape[first...])) : shape[first]) == classes
    }
}
