import Graphs
import Tensors

/// `Constant`, in all its forms, and `ConstantOfShape` where the shape is known.
enum ConstantBridge: OperatorBridge {
    static let opTypes = ["Constant", "ConstantOfShape"]

    static func read(_ node: NodeReader) throws -> NodeReading {
        if node.node.opType == "ConstantOfShape" { return .constant(try filled(node)) }
        guard let attribute = node.node.attributes.first(where: { $0.name.hasPrefix("value") }) else {
            throw OperandError("it has no value")
        }
        switch attribute.value {
        case .tensor(let tensor): return .constant(try constant(tensor))
        case .float(let value): return .constant(.real(try Tensor(shape: [], elements: [value])))
        case .floats(let values): return .constant(.real(try Tensor(shape: [values.count], elements: values)))
        case .int(let value): return .constant(.integer(shape: [], [Int(value)]))
        case .ints(let values): return .constant(.integers(values.map { Int($0) }))
        default: throw OperandError("attribute '\(attribute.name)' holds neither real numbers nor integers")
        }
    }

    /// A tensor of a file as a constant of a graph.
    static func constant(_ tensor: ONNXTensor) throws -> Constant {
        if tensor.dataType.isTrainable {
            return .real(try Tensor(shape: tensor.shape, elements: tensor.elements(as: Float.self)))
        }
        return .integer(shape: tensor.shape, try tensor.integers().map { Int($0) })
    }

    private static func filled(_ node: NodeReader) throws -> Constant {
        guard let shape = node.values.first??.constant?.integers else {
            throw OperandError("operand 0 (shape) must be integers that do not depend on data")
        }
        // A constant this large would be a parameter; a damaged file should not get memory by naming a number.
        guard let count = Tensors.Shape.checkedCount(shape), count <= 1 << 24 else {
            throw OperandError("the constant of the shape \(shape) is larger than 16 Mi elements")
        }
        guard case .tensor(let tensor) = node.node["value"] else {
            return .real(try Tensor(shape: shape, elements: [Float](repeating: 0, count: count)))
        }
        guard tensor.count == 1 else { throw OperandError("attribute 'value' must hold one element") }
        switch try constant(tensor) {
        case .real(let value):
            return .real(try Tensor(shape: shape, elements: [Float](repeating: value.elements[0], count: count)))
        case .integer(_, let value): return .integer(shape: shape, [Int](repeating: value[0], count: count))
        }
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) -> NodeForm? { nil }
}
