import Graphs
import Tensors

/// An attribute to write.
enum AttributeForm {
    case int(Int)
    case ints([Int])
    case float(Double)
    case text(String)
    case tensor(Constant)
}

/// An ONNX node to write: its operator and attributes. Its operands are the ``NodeWriter``'s.
struct NodeForm {
    let opType: String
    let attributes: [(String, AttributeForm)]

    init(_ opType: String, _ attributes: [(String, AttributeForm)] = []) {
        self.opType = opType
        self.attributes = attributes
    }
}

/// The operands of a node to write: values of the graph, and constants that the family adds to them.
struct NodeWriter {
    /// An operand.
    enum Operand {
        /// One that is left out.
        case absent
        /// A value of the graph.
        case value(ValueID)
        /// A constant that becomes an initialiser.
        case constant(Constant)
        /// Integers that become an initialiser of truth values.
        case truths(shape: [Int], [Int])

        /// A single number that becomes an initialiser.
        static func number(_ value: Double) -> Operand {
            // One number always fits memory.
            (try? Tensor(shape: [], elements: [Float(value)])).map { .constant(.real($0)) } ?? .absent
        }
    }

    /// The version of the standard operators that it is written in.
    let opset: Int
    /// What is known of the graph's operands.
    let values: [Value?]
    /// The operands to write.
    private(set) var operands: [Operand]

    init(_ node: Node, in graph: Graph, opset: Int) {
        self.opset = opset
        values = node.inputs.map { $0.map { graph[$0] } }
        operands = node.inputs.map { $0.map { .value($0) } ?? .absent }
    }

    /// Checks that the version has what is to be written.
    ///
    /// - Throws: `OperandError` that says with which version it came.
    func require(_ version: Int, for what: String) throws {
        guard opset >= version else { throw OperandError("\(what) came with opset \(version)") }
    }

    /// Whether an operand is given.
    func hasInput(_ index: Int) -> Bool { index < values.count && values[index] != nil }

    /// The elements of an operand that are known before any data is.
    func constant(_ index: Int) -> Constant? { index < values.count ? values[index]?.constant : nil }

    /// Adds an operand behind the others; `nil` leaves it out.
    mutating func addInput(_ operand: Operand?) { operands.append(operand ?? .absent) }

    /// Sets an operand; those before it that are not there are left out.
    mutating func setInput(_ index: Int, _ operand: Operand) {
        while operands.count <= index { operands.append(.absent) }
        operands[index] = operand
    }

    /// Makes an operand of known integers one of truth values, as ONNX wants conditions.
    mutating func setTruths(_ index: Int) {
        if case .integer(let shape, let elements) = constant(index) {
            operands[index] = .truths(shape: shape, elements)
        }
    }

    /// Removes the operands from one on.
    mutating func removeInputs(from index: Int) { operands.removeLast(max(0, operands.count - index)) }
}
