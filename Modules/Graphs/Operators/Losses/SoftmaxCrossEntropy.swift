import Buffers
import Tensors

/// The mean over a batch of −log softmax(x)[label].
///
/// Operands: logits x (N x K), labels (N integers in 0 ..< K). Results: the loss (a scalar), the probabilities (N x K).
public struct SoftmaxCrossEntropy: Operator {
    public static let name = "SoftmaxCrossEntropy"

    /// The operator.
    public init() {}

    public var outputCount: Int { 2 }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(2...2)
        let logits = try operands.shape(0, "logits", rank: 2)
        guard let labels = operands[1]?.type, labels == .integer([logits[0]]) else {
            throw OperandError("labels must be \(logits[0]) integers, one a row of the logits")
        }
        return [.real([]), .real(logits)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (x, labels) = (operands.input(0), operands.integers(1))
        let probabilities = operands.output(1)
        let (rows, classes) = (x.shape[0], x.shape[1])
        var total: E = 0
        for n in 0..<rows {
            let largest = (0..<classes).reduce(-E.infinity) { max($0, x[n, $1]) }
            var sum: E = 0
            for k in 0..<classes {
                probabilities[n, k] = E.exp(x[n, k] - largest)
                sum += probabilities[n, k]
            }
            for k in 0..<classes { probabilities[n, k] /= sum }
            let label = Int(labels[n])
            // A label outside the classes has no probability: the loss says so instead of reading past the row.
            total += label >= 0 && label < classes ? E.log(sum) + largest - x[n, label] : E.infinity
        }
        operands.output(0).pointer.pointee = total / E(max(rows, 1))
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient(0) else { return }
        context.contribute(
            try context.emit(SoftmaxCrossEntropyGradient(), gradient, context.output(1), context.input(1)), to: 0)
    }
}

/// The gradient of ``SoftmaxCrossEntropy``: operands dloss, probabilities, labels; result dloss (p − onehot) / N.
public struct SoftmaxCrossEntropyGradient: Operator {
    public static let name = "SoftmaxCrossEntropyGradient"

    /// The operator.
    public init() {}

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(3...3)
        try operands.expectShape(0, "dloss", [])
        let shape = try operands.shape(1, "probabilities", rank: 2)
        guard operands[0] != nil, let labels = operands[2]?.type, labels == .integer([shape[0]]) else {
            throw OperandError("takes dloss, probabilities and \(shape[0]) integer labels, one a row")
        }
        return [.real(shape)]
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        let (p, labels, dx) = (operands.input(1), operands.integers(2), operands.output())
        let factor = operands.input(0).pointer.pointee / E(max(p.shape[0], 1))
        for n in 0..<p.shape[0] {
            for k in 0..<p.shape[1] {
                dx[n, k] = factor * (p[n, k] - (Int(labels[n]) == k ? 1 : 0))
            }
        }
    }

    public var overwritableInputs: [Int] { [1] }
}
