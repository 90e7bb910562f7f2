import Graphs

/// A node of a file, with typed access to its attributes and operands.
///
/// A family reads every attribute that it knows, or says that it may be ignored. What is left over would change the
/// node's meaning unnoticed; ``finish()`` refuses it.
struct NodeReader {
    /// The node.
    let node: ONNXNode
    /// The version of the standard operators that it is written in.
    let opset: Int
    /// Its operands in the graph under construction; `nil` where one is left out.
    let operands: [ValueID?]
    /// What is known of each operand.
    let values: [Value?]
    /// How many of its outputs are there up to the last one that something reads.
    let usedOutputs: Int
    /// Values that are truth values in the file.
    let truths: Set<ValueID>
    /// The node's number: tells random operators apart.
    let salt: UInt64
    private var seen: Set<String> = []

    init(
        _ node: ONNXNode, opset: Int, operands: [ValueID?], in graph: Graph, usedOutputs: Int = 1,
        truths: Set<ValueID> = [], salt: UInt64
    ) {
        self.node = node
        self.opset = opset
        self.operands = operands
        values = operands.map { $0.map { graph[$0] } }
        self.usedOutputs = usedOutputs
        self.truths = truths
        self.salt = salt
    }

    /// Whether the node's results are truth values.
    var givesTruths: Bool {
        if LogicBridge.truthTypes.contains(node.opType) { return true }
        switch node.opType {
        case "Cast":
            if case .int(let type)? = node["to"] { return type == Int64(ONNXDataType.bool.rawValue) }
            return false
        case "Constant":
            if case .tensor(let tensor)? = node["value"] { return tensor.dataType == .bool }
            return false
        case "CastLike": return operands.count == 2 && operands[1].map(truths.contains) ?? false
        case "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Slice", "Gather", "Tile":
            return operands.first.flatMap { $0 }.map(truths.contains) ?? false
        default: return false
        }
    }

    /// An attribute of any kind.
    mutating func attribute(_ name: String) -> ONNXAttribute.Value? {
        seen.insert(name)
        return node[name]
    }

    /// States that attributes change nothing here.
    mutating func ignore(_ names: String...) { seen.formUnion(names) }

    /// Checks that every attribute has been read, and that none occurs twice.
    ///
    /// - Throws: `OperandError` that names the first which has not.
    func finish() throws {
        var names: Set<String> = []
        for attribute in node.attributes {
            guard names.insert(attribute.name).inserted else {
                throw OperandError("attribute '\(attribute.name)' occurs twice")
            }
            guard seen.contains(attribute.name) else {
                throw OperandError("attribute '\(attribute.name)' is not one that it has at opset \(opset)")
            }
        }
    }
}

/// Attributes.
extension NodeReader {
    /// An integer; `nil` if it is absent.
    mutating func integer(_ name: String) throws -> Int? {
        switch attribute(name) {
        case nil: return nil
        case .int(let value): return Int(value)
        default: throw OperandError("attribute '\(name)' must be an integer")
        }
    }

    /// An integer that has a default.
    mutating func integer(_ name: String, default standard: Int) throws -> Int { try integer(name) ?? standard }

    /// An integer that stands for yes or no.
    mutating func flag(_ name: String, default standard: Bool = false) throws -> Bool {
        try integer(name, default: standard ? 1 : 0) != 0
    }

    /// A list of integers; `nil` if it is absent.
    mutating func integers(_ name: String) throws -> [Int]? {
        switch attribute(name) {
        case nil: return nil
        case .ints(let values): return values.map { Int($0) }
        default: throw OperandError("attribute '\(name)' must be a list of integers")
        }
    }

    /// A real number.
    mutating func number(_ name: String, default standard: Double) throws -> Double {
        switch attribute(name) {
        case nil: return standard
        case .float(let value): return Self.decimal(value)
        default: throw OperandError("attribute '\(name)' must be a number")
        }
    }

    /// A list of real numbers; `nil` if it is absent.
    mutating func numbers(_ name: String) throws -> [Double]? {
        switch attribute(name) {
        case nil: return nil
        case .floats(let values): return values.map(Self.decimal)
        default: throw OperandError("attribute '\(name)' must be a list of numbers")
        }
    }

    /// A text.
    mutating func text(_ name: String, default standard: String) throws -> String {
        switch attribute(name) {
        case nil: return standard
        case .string(let value): return value
        default: throw OperandError("attribute '\(name)' must be a text")
        }
    }

    /// A file's number in double precision: 0.1 in a file is `Float`'s 0.1, and its shortest decimal what was meant.
    static func decimal(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }
}

/// Operands.
extension NodeReader {
    /// The operands, of which at most `limit` may be given; the first one alone goes into the graph.
    func firstOperand(of limit: Int) throws -> [ValueID?] {
        guard operands.count <= limit else {
            throw OperandError("takes at most \(limit) operands, but was given \(operands.count)")
        }
        return Array(operands.prefix(1))
    }

    /// A single number that an operand must hold before any data is known; `nil` if it is left out.
    func scalar(_ index: Int, _ name: String) throws -> Double? {
        guard index < operands.count, operands[index] != nil else { return nil }
        switch values[index]?.constant {
        case .real(let tensor) where tensor.count == 1: return tensor.elements.first.map(Self.decimal)
        case .integer(_, let elements) where elements.count == 1: return Double(elements[0])
        default: throw OperandError("operand \(index) (\(name)) must be one number that does not depend on data")
        }
    }

    /// The number of an operand's dimensions, if it is known while the file is read: of inputs, too.
    func rank(_ index: Int) -> Int? {
        if index < values.count, case .input(let dimensions, _)? = values[index]?.role { return dimensions.count }
        return shape(index)?.count
    }

    /// The shape of an operand, if it is known while the file is read: of parameters and constants.
    func shape(_ index: Int) -> [Int]? { index < values.count ? values[index]?.type?.shape : nil }
}
