import Graphs

/// One family of ONNX operators: how a node of a file becomes an operator of a graph, and the way back.
///
/// A family is one file in this folder, reading and writing side by side, and one entry in ``OperatorBridges``.
protocol OperatorBridge: Sendable {
    /// The operator names that it reads.
    static var opTypes: [String] { get }

    /// What a node stands for. A family reads every attribute that it knows; others are refused.
    ///
    /// - Throws: `OperandError` that says what of the node cannot be imported.
    static func read(_ node: inout NodeReader) throws -> NodeReading

    /// Describes an operator as an ONNX node of the writer's opset, one of ``ModelWriter/opsets``; `nil` if it is not of
    /// this family.
    ///
    /// - Throws: `OperandError` that says what of the operator ONNX cannot express.
    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm?
}

/// What a node of a file stands for.
enum NodeReading {
    /// An operator with its operands; its results are the node's, in order.
    case operation(any Operator, inputs: [ValueID?])
    /// Several operators, which the closure adds one after the other: it returns the node's results, in order.
    case operations((inout GraphBuilder) throws -> [ValueID])
    /// A value known before any data is.
    case constant(Constant)
}

/// Every family, and the way to it.
enum OperatorBridges {
    /// All families.
    static let all: [any OperatorBridge.Type] = [
        ConvolutionBridge.self, PoolingBridge.self, NormalizationBridge.self, StandardizationBridge.self,
        LocalResponseBridge.self, LinearBridge.self, EinsumBridge.self,
        ActivationBridge.self, FunctionBridge.self, SoftmaxBridge.self, ArithmeticBridge.self, LogicBridge.self,
        ReductionBridge.self, ArgMaxBridge.self, RegroupingBridge.self, SplitBridge.self, PaddingBridge.self,
        SamplingBridge.self, PixelBridge.self,
        IndexingBridge.self, CastBridge.self, ConstantBridge.self, DropoutBridge.self,
    ]

    private static let byOpType: [String: any OperatorBridge.Type] = {
        var table: [String: any OperatorBridge.Type] = [:]
        for family in all { for name in family.opTypes { table[name] = family } }
        return table
    }()

    /// The family that reads an operator of the standard domain, if one does.
    static func family(of opType: String) -> (any OperatorBridge.Type)? { byOpType[opType] }

    /// The names of all operators that can be read.
    static var opTypes: Set<String> { Set(byOpType.keys) }
}
