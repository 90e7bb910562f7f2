import Buffers
import Tensors

/// A change of the elements' kind. ONNX `Cast`, whose element types fall into the two kinds of ``ValueType``.
///
/// Real numbers stay as they are in the program's precision. Constants are converted: integers to the nearest real
/// number, real numbers to integers towards zero. Integers given for each run cannot be converted.
public struct Cast: Operator {
    public static let name = "Cast"

    /// The result's kind.
    public let kind: ValueType.Kind

    /// The operator.
    public init(to kind: ValueType.Kind) { self.kind = kind }

    public func outputTypes(for operands: OperandInfos) throws -> [ValueType] {
        try operands.expect(1...1)
        guard let operand = operands[0] else { throw OperandError("operand 0 (input) is missing") }
        if operand.type.kind != kind, operand.constant.flatMap(converted) == nil {
            throw OperandError(
                "can turn \(operand.type.kind) into \(kind) numbers only where they do not depend on data")
        }
        return [ValueType(kind, operand.type.shape)]
    }

    private func converted(_ constant: Constant) -> Constant? {
        switch (constant, kind) {
        case (.real, .real), (.integer, .integer): return constant
        case (.integer(let shape, let elements), .real):
            return (try? Tensor(shape: shape, elements: elements.map { Float($0) })).map { .real($0) }
        case (.real(let tensor), .integer):
            let elements = tensor.elements.compactMap { Int(exactly: $0.rounded(.towardZero)) }
            return elements.count == tensor.count ? .integer(shape: tensor.shape, elements) : nil
        }
    }

    public func fold(_ operands: OperandInfos) -> [Constant]? {
        operands[0]?.constant.flatMap(converted).map { [$0] }
    }

    @_specialize(where E == Float)
    @_specialize(where E == Double)
    public func evaluate<E: Scalar>(_ operands: Operands<E>) {
        operands.output().set(from: operands.input(0)) { $0 }
    }

    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        guard let gradient = context.outputGradient() else { return }
        context.contribute(gradient, to: 0)
    }

    public var viewedInput: Int? { 0 }
}
