import Buffers
import Tensors

/// What is known of an operand when a graph is specialised.
public struct OperandInfo: Sendable {
    /// Its type.
    public let type: ValueType
    /// Its elements, if they are known before any data is.
    public let constant: Constant?
}

/// Which physical order an operator wants its four-dimensional operands and results in.
public enum LayoutRule: Sendable {
    /// It works element by element or by logical index: results are channels-last if one of its operands is.
    case follow
    /// It regroups elements, so operands and results must lie in row-major order.
    case rowMajor
    /// The named operands are activations and must be channels-last, others row-major; so are the results.
    case channelsLast(inputs: [Int], outputs: Bool = true)
}

/// A function on tensors: its attributes, shape rule, gradient rule and the kernel that defines its meaning.
///
/// One operator is one type in one file. Operands and results are in logical order, N x C x H x W for images, whatever
/// their physical order is.
public protocol Operator: Sendable {
    /// The operator's name: ONNX's, where ONNX has it.
    static var name: String { get }

    /// The number of results.
    var outputCount: Int { get }

    /// The shape rule.
    ///
    /// - Throws: ``OperandError`` that says which operand is wrong and what would be right.
    func outputTypes(for operands: OperandInfos) throws -> [ValueType]

    /// The same operator with what its constant operands say (axes, indices) taken into its attributes. Specialising a
    /// graph applies it, so kernels and gradient rules find everything but data in the attributes.
    func resolved(for operands: OperandInfos) -> any Operator

    /// The results, if they follow from what is known before any data is: shape arithmetic on integers.
    func fold(_ operands: OperandInfos) -> [Constant]?

    /// The reference kernel: defines what the operator means, in any layout and either precision.
    func evaluate<E: Scalar>(_ operands: Operands<E>)

    /// States the gradient in terms of other operators.
    ///
    /// - Throws: ``GraphError/notDifferentiable(node:operation:)`` unless the operator has one.
    func differentiate(_ context: inout GradientContext) throws(GraphError)

    /// How it treats the physical order of activations.
    var layoutRule: LayoutRule { get }

    /// The operand whose elements, in the same order, are the result: the compiler lets both share memory.
    var viewedInput: Int? { get }

    /// Operands that the kernel may overwrite with its first result, if type and layout agree.
    var overwritableInputs: [Int] { get }

    /// Whether equal operands always give equal results and nothing else changes.
    var isPure: Bool { get }

    /// The form that trains, if it differs: batch normalisation, dropout. Further results may be added at the end.
    var trainingForm: (any Operator)? { get }

    /// What is applied to the first result.
    var activation: Activation { get }

    /// The same operator followed by an activation, if one kernel can do both.
    func fused(with activation: Activation) -> (any Operator)?

    /// For a gradient: the same operator after the gradient of an activation, if one kernel can do both. It then takes
    /// the activation's result as a further operand.
    func fusedBehindGradient(of activation: Activation) -> (any Operator)?

    /// Multiply-adds of one run, at most `Int.max`; 0 where there are few a result.
    func multiplyAdds(inputs: [ValueType?], outputs: [ValueType]) -> Int
}

extension Operator {
    public var outputCount: Int { 1 }
    public func resolved(for operands: OperandInfos) -> any Operator { self }
    public func fold(_ operands: OperandInfos) -> [Constant]? { nil }
    public func differentiate(_ context: inout GradientContext) throws(GraphError) {
        throw .notDifferentiable(node: context.node.name, operation: Self.name)
    }
    public var layoutRule: LayoutRule { .follow }
    public var viewedInput: Int? { nil }
    public var overwritableInputs: [Int] { [] }
    public var isPure: Bool { true }
    public var trainingForm: (any Operator)? { nil }
    public var activation: Activation { .identity }
    public func fused(with activation: Activation) -> (any Operator)? { nil }
    public func fusedBehindGradient(of activation: Activation) -> (any Operator)? { nil }
    public func multiplyAdds(inputs: [ValueType?], outputs: [ValueType]) -> Int { 0 }
}

/// An activation that other kernels can apply to their result on its way to memory.
public enum Activation: String, Sendable, Hashable {
    /// The result as it is.
    case identity
    /// max(x, 0).
    case relu

    /// The activation of one number.
    @inlinable
    public func callAsFunction<E: Scalar>(_ x: E) -> E {
        switch self {
        case .identity: x
        // Written so that NaN stays NaN: a diverged network must not look like a sparse one.
        case .relu: x < 0 ? 0 : x
        }
    }
}
