/// A JSON value whose objects keep the order of their members, and their repetitions.
///
/// Foundation's decoder keeps the last of two members of the same name without a word; a file whose header says two
/// things about one tensor must be refused instead.
enum JSONText {
    case object([(name: String, value: JSONText)])
    case array([JSONText])
    case string(String)
    /// The digits as they stand in the text.
    case number(String)
    case boolean(Bool)
    case null

    /// Text that is no JSON.
    struct Fault: Error {
        /// What was wrong, and at which byte.
        var detail: String
    }

    /// Reads a text that holds one value and nothing else.
    init(parsing text: [UInt8]) throws(Fault) {
        var parser = JSONParser(text)
        self = try parser.document()
    }

    /// A string in quotation marks, as JSON writes it.
    static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            case "\u{c}": text += "\\f"
            case "\r": text += "\\r"
            case "\u{0}"..."\u{1f}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

private struct JSONParser {
    private let text: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func document() throws(JSONText.Fault) -> JSONText {
        let value = try value()
        guard peek() == nil else { throw unexpected() }
        return value
    }

    private mutating func value() throws(JSONText.Fault) -> JSONText {
        switch peek() {
        case UInt8(ascii: "{"): return .object(try nested { parser throws(JSONText.Fault) in try parser.members() })
        case UInt8(ascii: "["): return .array(try nested { parser throws(JSONText.Fault) in try parser.elements() })
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t") where takeWord("true"): return .boolean(true)
        case UInt8(ascii: "f") where takeWord("false"): return .boolean(false)
        case UInt8(ascii: "n") where takeWord("null"): return .null
        default: return try number()
        }
    }

    /// A header is three levels deep; a text of a million brackets must not exhaust the stack.
    private mutating func nested<Value>(
        _ body: (inout JSONParser) throws(JSONText.Fault) -> Value
    ) throws(JSONText.Fault) -> Value {
        depth += 1
        guard depth <= 32 else { throw JSONText.Fault(detail: "it is nested more than 32 levels deep") }
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func members() throws(JSONText.Fault) -> [(name: String, value: JSONText)] {
        var members: [(name: String, value: JSONText)] = []
        position += 1
        if take("}") { return members }
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw unexpected() }
            let name = try string()
            guard take(":") else { throw unexpected() }
            members.append((name, try value()))
            if take("}") { return members }
            guard take(",") else { throw unexpected() }
        }
    }

    private mutating func elements() throws(JSONText.Fault) -> [JSONText] {
        var elements: [JSONText] = []
        position += 1
        if take("]") { return elements }
        while true {
            elements.append(try value())
            if take("]") { return elements }
            guard take(",") else { throw unexpected() }
        }
    }

    private mutating func number() throws(JSONText.Fault) -> JSONText {
        let digits = text[position...].prefix { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        let literal = String(decoding: digits, as: UTF8.self)
        guard let first = digits.first, first != UInt8(ascii: "+"), Double(literal) != nil else { throw unexpected() }
        position += digits.count
        return .number(literal)
    }

    private mutating func string() throws(JSONText.Fault) -> String {
        let start = position
        var bytes: [UInt8] = []
        position += 1
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: bytes, as: UTF8.self) else {
                    throw JSONText.Fault(detail: "the string at byte \(start) is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): try bytes.append(contentsOf: escape())
            case 0..<0x20: throw JSONText.Fault(detail: "a bare control character at byte \(position - 1)")
            default: bytes.append(byte)
            }
        }
        throw JSONText.Fault(detail: "the string at byte \(start) does not end")
    }

    private mutating func escape() throws(JSONText.Fault) -> [UInt8] {
        guard position < text.count else { throw unexpected() }
        position += 1
        switch text[position - 1] {
        case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
        case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
        case UInt8(ascii: "/"): return [UInt8(ascii: "/")]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xd800...0xdbff).contains(code), text[position...].starts(with: Array("\\u".utf8)) {
                position += 2
                let low = try hexadecimal()
                guard (0xdc00...0xdfff).contains(low) else { throw unexpected() }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw unexpected() }
            return Array(String(Character(scalar)).utf8)
        default: throw unexpected()
        }
    }

    private mutating func hexadecimal() throws(JSONText.Fault) -> UInt32 {
        let digits = text[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw unexpected() }
        position += 4
        return code
    }

    private mutating func peek() -> UInt8? {
        while position < text.count,
            text[position] == 0x20 || text[position] == 0x0a || text[position] == 0x0d || text[position] == 0x09
        { position += 1 }
        return position < text.count ? text[position] : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: String) -> Bool {
        guard text[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private func unexpected() -> JSONText.Fault {
        JSONText.Fault(
            detail: position < text.count ? "it makes no sense from byte \(position) on" : "it ends too early")
    }
}
