/// An attribute to write.
enum AttributeForm {
    case int(Int)
    case ints([Int])
    case float(Double)
    case text(String)
}

/// An ONNX node to write: its operator and attributes. Operands and results are the ``NodeWriter``'s.
struct NodeForm {
    let opType: String
    let attributes: [(String, AttributeForm)]

    init(_ opType: String, _ attributes: [(String, AttributeForm)] = []) {
        self.opType = opType
        self.attributes = attributes
    }
}

/// The operands of a node to write, and the constants that it needs in the file.
struct NodeWriter {
    /// A constant to write as an initialiser.
    enum Constant {
        case integers([Int])
        case number(Double)
    }

    /// The names of the operands; a family may add to them.
    var inputs: [String]
    /// The constants to add, with their names.
    private(set) var constants: [(name: String, value: Constant)] = []
    private let prefix: String

    init(inputs: [String], prefix: String) {
        self.inputs = inputs
        self.prefix = prefix
    }

    /// Adds a list of integers and returns its name.
    mutating func constant(_ values: [Int]) -> String { add(.integers(values)) }

    /// Adds a number and returns its name.
    mutating func constant(_ value: Double) -> String { add(.number(value)) }

    private mutating func add(_ value: Constant) -> String {
        let name = "\(prefix)/constant_\(constants.count)"
        constants.append((name, value))
        return name
    }
}
