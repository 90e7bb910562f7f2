import Graphs
import Tensors
import Testing

/// An operand of a case, with the numbers that it is filled with.
enum CaseOperand: Sendable {
    /// Normally distributed numbers; gradients are taken.
    case parameter([Int])
    /// Numbers of either sign that keep away from zero; gradients are taken.
    case nonzero([Int])
    /// Numbers in 0.5…1.5; gradients are taken.
    case positive([Int])
    /// Zeros and ones that no gradient is taken of.
    case truths([Int])
    /// Numbers in 0.5…1.5 that no gradient is taken of.
    case statistic([Int])
    /// Integers in 0 ..< bound, given for each run.
    case labels([Int], below: Int)
    /// Integers known before any data is.
    case integers([Int], shape: [Int]? = nil)
    /// Left out.
    case absent
}

/// One use of an operator that every backend is tested on.
struct OperatorCase: Sendable, CustomTestStringConvertible {
    let operation: any Operator
    let operands: [CaseOperand]
    /// What makes this case one of its own.
    let feature: String
    /// The results that a gradient flows back from.
    var differentiableOutputs = [0]

    init(_ operation: any Operator, _ operands: [CaseOperand], _ feature: String = "") {
        self.operation = operation
        self.operands = operands
        self.feature = feature
    }

    var testDescription: String { "\(type(of: operation).name) \(feature)" }

    /// Whether an operand can lie channels-last.
    var hasImages: Bool {
        operands.contains { operand in
            switch operand {
            case .parameter(let shape), .nonzero(let shape), .positive(let shape), .truths(let shape),
                .statistic(let shape):
                shape.count == 4
            default: false
            }
        }
    }
}

/// A case as a network: loss = Σ results · weights, the weights given as inputs.
struct CaseNetwork {
    var graph = Graph(name: "case")
    /// The results of the operator.
    let results: [ValueID]
    let loss: ValueID
    /// The shape of every input of the graph.
    private(set) var inputShapes: [[Int]] = []

    /// - Parameter channelsLast: whether operands of four dimensions come from a node that stores them channels-last.
    init(_ testCase: OperatorCase, channelsLast: Bool) throws {
        var ids: [ValueID?] = []
        for (index, operand) in testCase.operands.enumerated() {
            switch operand {
            case .parameter(let shape), .nonzero(let shape), .positive(let shape):
                let id = graph.addParameter("p\(index)", shape: shape, kind: .weight)
                ids.append(try Self.place(id, shape, channelsLast, in: &graph))
            case .statistic(let shape), .truths(let shape):
                let id = graph.addParameter("p\(index)", shape: shape, kind: .statistic)
                ids.append(try Self.place(id, shape, channelsLast, in: &graph))
            case .labels(let shape, _):
                ids.append(graph.addInput("i\(index)", dimensions: shape.map { .fixed($0) }, kind: .integer))
                inputShapes.append(shape)
            case .integers(let elements, let shape):
                ids.append(graph.addConstant(.integer(shape: shape ?? [elements.count], elements)))
            case .absent: ids.append(nil)
            }
        }
        results = try graph.append(testCase.operation, inputs: ids, name: "tested")
        var terms: [ValueID] = []
        for index in testCase.differentiableOutputs {
            let shape = try #require(graph.type(of: results[index])?.shape)
            let weights = graph.addInput("weights\(index)", dimensions: shape.map { .fixed($0) })
            inputShapes.append(shape)
            let product = try graph.apply(Mul(), results[index], weights)
            terms.append(try graph.apply(ReduceSum(keepsDimensions: false), product))
        }
        loss = try graph.append(Sum(), inputs: terms)[0]
        graph.addOutput(loss)
        for result in results { graph.addOutput(result) }
    }

    /// A window of one pixel changes nothing, but its result lies channels-last.
    private static func place(
        _ id: ValueID, _ shape: [Int], _ channelsLast: Bool, in graph: inout Graph
    ) throws -> ValueID {
        guard channelsLast, shape.count == 4 else { return id }
        return try graph.apply(MaxPool(window: Window(kernel: [1, 1])), id)
    }
}
