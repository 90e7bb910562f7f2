/// What a `.npy` header says: like ``NPYHeader``, but of elements of any kind.
struct NPYDescription: Equatable {
    /// NumPy's name of the type, such as `<f4`; a list in brackets for structured elements.
    var dtype: String
    var isFortranOrder: Bool
    var shape: [Int]

    /// The size of an element in bytes, where its name tells it.
    var stride: Int? {
        // Byte order, kind, size; texts count characters of four bytes, dates have a unit behind, objects no size.
        let name = dtype.drop { "<>|=".contains($0) }
        guard let kind = name.first, let size = Int(name.dropFirst().prefix { $0.isNumber }),
            "biufcSUVmM".contains(kind),
            size < 1 << 40
        else { return nil }
        return kind == "U" ? 4 * size : size
    }
}

/// Reads the Python dictionary of a `.npy` header: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
struct NPYHeaderParser {
    struct Fault: Error, Equatable {
        var kind: FormatError.Kind
        var detail: String
    }

    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    /// What the dictionary says, whatever the elements are.
    mutating func parse() throws(Fault) -> NPYDescription {
        var dtype: String?
        var isFortranOrder: Bool?
        var shape: [Int]?
        try expect("{")
        while !take("}") {
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where dtype == nil: dtype = try self.dtype()
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
            case "shape" where shape == nil: shape = try tuple()
            default: throw malformed("the key '\(key)' in its header is unknown or occurs twice")
            }
            guard take(",") || peek() == UInt8(ascii: "}") else { throw unexpected() }
        }
        guard peek() == nil else { throw unexpected() }
        guard let dtype, let isFortranOrder, let shape else {
            throw malformed("its header needs the keys 'descr', 'fortran_order' and 'shape'")
        }
        guard Shape.checkedCount(shape) != nil else { throw impossible(shape) }
        return NPYDescription(dtype: dtype, isFortranOrder: isFortranOrder, shape: shape)
    }

    private func impossible(_ shape: [Int]) -> Fault { malformed("its header claims the impossible shape \(shape)") }

    /// A name such as `<f4`, or the list that describes structured elements as it stands.
    private mutating func dtype() throws(Fault) -> String {
        guard peek() == UInt8(ascii: "[") else {
            let name = try string()
            // One byte has no byte order: some writers put '<' where NumPy puts '|'.
            return name == "<u1" ? "|u1" : name
        }
        let start = position
        var depth = 0
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): _ = try string()
            case UInt8(ascii: "["): (depth, position) = (depth + 1, position + 1)
            case UInt8(ascii: "]"):
                (depth, position) = (depth - 1, position + 1)
                if depth == 0 { return String(decoding: text[start..<position], as: UTF8.self) }
            default: position += 1
            }
        }
        throw malformed("its header ends inside a list")
    }

    private mutating func boolean() throws(Fault) -> Bool {
        for (word, value) in [("True", true), ("False", false)] where takeWord(word) { return value }
        throw unexpected()
    }

    private mutating func tuple() throws(Fault) -> [Int] {
        var dimensions: [Int] = []
        try expect("(")
        while !take(")") {
            dimensions.append(try integer())
            guard take(",") || (peek() == UInt8(ascii: ")") && dimensions.count > 1) else { throw unexpected() }
        }
        return dimensions
    }

    private mutating func integer() throws(Fault) -> Int {
        skipBlanks()
        let digits = text[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty else { throw unexpected() }
        position += digits.count
        // Python 2 wrote long integers with an L.
        _ = takeWord("L")
        guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
            throw malformed("its header claims a dimension of \(String(decoding: digits, as: UTF8.self))")
        }
        return value
    }

    private mutating func string() throws(Fault) -> String {
        skipBlanks()
        guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { throw unexpected() }
        let content = text[(position + 1)...].prefix { $0 != quote }
        guard position + 1 + content.count < text.count else { throw malformed("its header ends inside a string") }
        position += content.count + 2
        return String(decoding: content, as: UTF8.self)
    }

    private mutating func skipBlanks() {
        while position < text.count, [0x20, 0x09, 0x0a, 0x0d].contains(text[position]) { position += 1 }
    }

    private mutating func peek() -> UInt8? {
        skipBlanks()
        return position < text.count ? text[position] : nil
    }

    private mutating func take(_ character: Character) -> Bool {
        guard peek() == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: String) -> Bool {
        skipBlanks()
        guard text[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func expect(_ character: Character) throws(Fault) {
        guard take(character) else { throw unexpected() }
    }

    private func malformed(_ detail: String) -> Fault { Fault(kind: .malformed, detail: detail) }

    private func unexpected() -> Fault {
        malformed("its header makes no sense from character \(position) on")
    }
}
