/// Reads the Python dictionary of a `.npy` header: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
struct NPYHeaderParser {
    struct Fault: Error {
        var kind: FormatError.Kind
        var detail: String
    }

    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func parse() throws(Fault) -> NPYHeader {
        var elementType: ElementType?
        var isFortranOrder: Bool?
        var shape: [Int]?
        try expect("{")
        while !take("}") {
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where elementType == nil: elementType = try self.elementType()
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
            case "shape" where shape == nil: shape = try tuple()
            default: throw malformed("the key '\(key)' in its header is unknown or occurs twice")
            }
            guard take(",") || peek() == UInt8(ascii: "}") else { throw unexpected() }
        }
        guard peek() == nil else { throw unexpected() }
        guard let elementType, let isFortranOrder, let shape else {
            throw malformed("its header needs the keys 'descr', 'fortran_order' and 'shape'")
        }
        guard let count = Shape.checkedCount(shape), count <= Int.max / elementType.stride else {
            throw malformed("its header claims the impossible shape \(shape)")
        }
        return NPYHeader(elementType: elementType, isFortranOrder: isFortranOrder, shape: shape)
    }

    private mutating func elementType() throws(Fault) -> ElementType {
        let supported = NPYHeader.descriptors.map { $0.name }.joined(separator: ", ")
        guard peek() != UInt8(ascii: "[") else {
            throw Fault(kind: .unsupported, detail: "it holds structured elements; read here: \(supported)")
        }
        let name = try string()
        // One byte has no byte order: some writers put '<' where NumPy puts '|'.
        let canonical = name == "<u1" ? "|u1" : name
        guard let found = NPYHeader.descriptors.first(where: { $0.name == canonical }) else {
            throw Fault(kind: .unsupported, detail: "its elements have dtype '\(name)'; read here: \(supported)")
        }
        return found.elementType
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
