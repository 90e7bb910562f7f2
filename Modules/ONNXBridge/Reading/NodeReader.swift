import Graphs

/// A node of a file, with typed access to its attributes and operands.
struct NodeReader {
    /// The node.
    let node: ONNXNode
    /// The version of the standard operators that it is written in.
    let opset: Int
    /// Its operands in the graph under construction; `nil` where one is left out.
    let operands: [ValueID?]
    /// What is known of each operand.
    let values: [Value?]
    /// The node's number: tells random operators apart.
    let salt: UInt64

    /// An integer attribute.
    func integer(_ name: String, default standard: Int) throws -> Int {
        switch node[name] {
        case nil: return standard
        case .int(let value): return Int(value)
        default: throw OperandError("attribute '\(name)' must be an integer")
        }
    }

    /// An integer attribute that stands for yes or no.
    func flag(_ name: String, default standard: Bool = false) throws -> Bool {
        try integer(name, default: standard ? 1 : 0) != 0
    }

    /// A list of integers; `nil` if it is absent.
    func integers(_ name: String) throws -> [Int]? {
        switch node[name] {
        case nil: return nil
        case .ints(let values): return values.map { Int($0) }
        default: throw OperandError("attribute '\(name)' must be a list of integers")
        }
    }

    /// A list of two integers: for height and width.
    func pair(_ name: String, default standard: [Int]) throws -> [Int] {
        let values = try integers(name) ?? standard
        guard values.count == 2 else {
            throw OperandError(
                "attribute '\(name)' has \(values.count) numbers; only images of two dimensions are read")
        }
        return values
    }

    /// A real attribute.
    func number(_ name: String, default standard: Double) throws -> Double {
        switch node[name] {
        case nil: return standard
        // 0.1 in a file is Float's 0.1; its shortest decimal is what the author meant.
        case .float(let value): return Double("\(value)") ?? Double(value)
        default: throw OperandError("attribute '\(name)' must be a number")
        }
    }

    /// A text attribute.
    func text(_ name: String, default standard: String) throws -> String {
        switch node[name] {
        case nil: return standard
        case .string(let value): return value
        default: throw OperandError("attribute '\(name)' must be a text")
        }
    }

    /// Whether an operand is given.
    func has(_ index: Int) -> Bool { index < operands.count && operands[index] != nil }

    /// An operand that must be given.
    func operand(_ index: Int) throws -> ValueID {
        guard has(index), let id = operands[index] else { throw OperandError("operand \(index) is missing") }
        return id
    }

    /// A single number that an operand must hold before any data is known; `nil` if it is left out.
    func scalar(_ index: Int, _ name: String) throws -> Double? {
        guard has(index) else { return nil }
        switch values[index]?.constant {
        case .real(let tensor) where tensor.count == 1: return tensor.elements.first.flatMap { Double("\($0)") }
        case .integer(_, let elements) where elements.count == 1: return Double(elements[0])
        default: throw OperandError("operand \(index) (\(name)) must be one number that does not depend on data")
        }
    }

    /// The shape of an operand, if it is known while the file is read: of parameters and constants.
    func shape(_ index: Int) -> [Int]? { index < values.count ? values[index]?.type?.shape : nil }

    /// Operands without those left out at the end.
    func inputs(_ count: Int) -> [ValueID?] { Array(operands.prefix(count)) }
}
