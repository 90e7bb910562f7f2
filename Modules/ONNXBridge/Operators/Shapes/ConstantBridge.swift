import Graphs
import Tensors

/// `Constant`, in all its forms, and `ConstantOfShape`.
enum ConstantBridge: OperatorBridge {
    static let opTypes = ["Constant", "ConstantOfShape"]

    static func read(_ node: inout NodeReader) throws -> NodeReading {
        if node.node.opType == "ConstantOfShape" { return .operation(try filling(&node), inputs: node.operands) }
        guard let attribute = node.node.attributes.first, node.node.attributes.count == 1 else {
            throw OperandError("it must have one attribute, its value, but has \(node.node.attributes.count)")
        }
        node.ignore(attribute.name)
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

    private static func filling(_ node: inout NodeReader) throws -> ConstantOfShape {
        switch node.attribute("value") {
        case nil: return ConstantOfShape()
        case .tensor(let tensor) where tensor.count == 1:
            switch try constant(tensor) {
            case .real(let value): return ConstantOfShape(.real(value.elements[0]))
            case .integer(_, let value): return ConstantOfShape(.integer(value[0]))
            }
        default: throw OperandError("attribute 'value' must be a tensor of one element")
        }
    }

    static func write(_ operation: any Operator, _ node: inout NodeWriter) throws -> NodeForm? {
        guard let filling = operation as? ConstantOfShape else { return nil }
        let value: Constant
        switch filling.element {
        case .real(let number): value = .real(try Tensor(shape: [1], elements: [number]))
        case .integer(let number): value = .integers([number])
        }
        return NodeForm("ConstantOfShape", [("value", .tensor(value))])
    }
}
