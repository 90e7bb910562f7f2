/// The header of a `.safetensors` file: which bytes are which tensor.
///
/// Format: <https://github.com/huggingface/safetensors>, section "Format": a 64-bit length, that many bytes of JSON,
/// then the tensors' bytes without gaps.
struct SafetensorsHeader {
    /// One tensor, of any element type that the format knows or will know.
    struct Item {
        var name: String
        /// The element type as the format names it.
        var dtype: String
        var shape: [Int]
        /// The bytes that it takes, counted from the end of the header.
        var range: Range<Int>
    }

    var items: [Item]
    var metadata: [String: String]

    /// The most bytes that a header may have; the format's own implementation draws the same line.
    static let longest = 100_000_000
    /// The member of the header that is no tensor.
    static let metadataName = "__metadata__"
    /// The element types as the format names them.
    static let elementTypes: [(name: String, elementType: ElementType)] = [
        ("F32", .float32), ("F64", .float64), ("I32", .int32), ("I64", .int64), ("U8", .uint8),
    ]

    /// The bits that an element takes, for all types of the format.
    private static let bits: [String: Int] = [
        "F64": 64, "F32": 32, "F16": 16, "BF16": 16, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F6_E2M3": 6,
        "F6_E3M2": 6, "F4": 4, "C64": 64, "I64": 64, "I32": 32, "I16": 16, "I8": 8, "U64": 64, "U32": 32, "U16": 16,
        "U8": 8, "BOOL": 8,
    ]

    static func name(of elementType: ElementType) -> String {
        elementTypes.first { $0.elementType == elementType }?.name ?? ""
    }

    struct Fault: Error {
        var kind: FormatError.Kind
        var detail: String
    }

    /// The header's bytes, its length in front, padded so that the tensors begin at a multiple of 8.
    var encoded: [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }
            let text = pairs.map { "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))" }.joined(separator: ",")
            members.append("\"\(Self.metadataName)\":{\(text)}")
        }
        for item in items {
            let shape = item.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(JSONText.quoted(item.name)):{\"dtype\":\"\(item.dtype)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(item.range.lowerBound),\(item.range.upperBound)]}")
        }
        var text = Array("{\(members.joined(separator: ","))}".utf8)
        text.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8))
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
    }
}

extension SafetensorsHeader {
    /// Reads the header of a file.
    ///
    /// - Returns: the header, and where the tensors' bytes begin.
    static func read(_ source: ByteSource) throws -> (header: SafetensorsHeader, dataStart: Int) {
        func failure(_ kind: FormatError.Kind, _ detail: String) -> FormatError {
            FormatError(kind, format: ".safetensors", source: source.name, detail)
        }
        guard let lengthBytes = try source.bytes(at: 0, count: 8) else {
            throw failure(.truncated, "\(source.count) bytes are no header")
        }
        let length = lengthBytes.littleEndian(at: 0, size: 8)
        guard length >= 2, length <= longest else {
            throw failure(.malformed, "a header of \(length) bytes; 2 to \(longest) are possible")
        }
        guard let text = try source.bytes(at: 8, count: Int(length)) else {
            throw failure(.truncated, "its header has \(source.count - 8) of \(length) bytes")
        }
        let dataStart = 8 + text.count
        do { return (try SafetensorsHeader(parsing: text, dataCount: source.count - dataStart), dataStart) } catch {
            throw failure(error.kind, error.detail)
        }
    }

    /// Reads the JSON of a header and checks it against the number of bytes that follow it.
    init(parsing text: [UInt8], dataCount: Int) throws(Fault) {
        let members: [(name: String, value: JSONText)]
        do {
            guard text.first == UInt8(ascii: "{"), case .object(let object) = try JSONText(parsing: text) else {
                throw Fault(kind: .malformed, detail: "its header is no JSON object")
            }
            members = object
        } catch let fault as JSONText.Fault {
            throw Fault(kind: .malformed, detail: "its header is no JSON: \(fault.detail)")
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(kind: .malformed, detail: "\(error)")
        }
        items = []
        metadata = [:]
        var names: Set<String> = []
        for (name, value) in members {
            guard names.insert(name).inserted else {
                throw Fault(kind: .malformed, detail: "two tensors are named '\(name)'")
            }
            if name == Self.metadataName {
                metadata = try Self.metadata(value)
            } else {
                items.append(try Self.item(name, value))
            }
        }
        try Self.checkRanges(items, dataCount: dataCount)
    }

    private static func metadata(_ value: JSONText) throws(Fault) -> [String: String] {
        guard case .object(let members) = value else {
            throw Fault(kind: .malformed, detail: "\(metadataName) is no JSON object")
        }
        var metadata: [String: String] = [:]
        for (name, value) in members {
            guard case .string(let text) = value, metadata.updateValue(text, forKey: name) == nil else {
                throw Fault(kind: .malformed, detail: "'\(name)' in \(metadataName) is no string or occurs twice")
            }
        }
        return metadata
    }

    private static func item(_ name: String, _ value: JSONText) throws(Fault) -> Item {
        func malformed(_ detail: String) -> Fault { Fault(kind: .malformed, detail: "the tensor '\(name)' \(detail)") }
        guard case .object(let members) = value else { throw malformed("is described by no JSON object") }
        var fields: [String: JSONText] = [:]
        for (name, value) in members where fields.updateValue(value, forKey: name) != nil {
            throw malformed("has two members '\(name)'")
        }
        guard case .string(let typeName)? = fields["dtype"] else { throw malformed("has no dtype") }
        guard let shape = integers(fields["shape"]) else { throw malformed("has no shape of whole numbers") }
        guard let offsets = integers(fields["data_offsets"]), offsets.count == 2, offsets[0] <= offsets[1] else {
            throw malformed("has no rising pair of data_offsets")
        }
        guard let count = Shape.checkedCount(shape), count <= Int.max / 64 else {
            throw malformed("has the impossible shape \(shape)")
        }
        // A type that came later is only copied, so its size need not be known.
        if let bits = bits[typeName], count * bits != 8 * (offsets[1] - offsets[0]) {
            throw malformed(
                "of \(Shape.describe(shape)) elements of \(typeName) takes \((count * bits + 7) / 8) bytes, but its "
                    + "data_offsets hold \(offsets[1] - offsets[0])")
        }
        return Item(name: name, dtype: typeName, shape: shape, range: offsets[0]..<offsets[1])
    }

    private static func integers(_ value: JSONText?) -> [Int]? {
        guard case .array(let elements)? = value else { return nil }
        var numbers: [Int] = []
        for element in elements {
            guard case .number(let text) = element, let number = Int(text), number >= 0 else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    /// Every byte after the header must belong to one tensor.
    private static func checkRanges(_ items: [Item], dataCount: Int) throws(Fault) {
        let sorted = items.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        var end = 0
        for item in sorted {
            guard item.range.lowerBound == end else {
                let fault = item.range.lowerBound < end ? "overlaps another one" : "leaves a gap before it"
                throw Fault(
                    kind: .malformed,
                    detail:
                        "the tensor '\(item.name)' begins at byte \(item.range.lowerBound), not \(end): it \(fault)")
            }
            end = item.range.upperBound
        }
        guard end == dataCount else {
            throw Fault(
                kind: end > dataCount ? .truncated : .malformed,
                detail: "\(dataCount) bytes follow its header, where the tensors take \(end)")
        }
    }
}

extension Safetensors.Entry {
    /// An entry whose elements can be read into memory.
    init(_ item: SafetensorsHeader.Item) throws(SafetensorsHeader.Fault) {
        guard let known = SafetensorsHeader.elementTypes.first(where: { $0.name == item.dtype }) else {
            let supported = SafetensorsHeader.elementTypes.map { $0.name }.joined(separator: ", ")
            throw SafetensorsHeader.Fault(
                kind: .unsupported,
                detail: "the tensor '\(item.name)' has dtype '\(item.dtype)'; read here: \(supported)"
            )
        }
        self.init(name: item.name, elementType: known.elementType, shape: item.shape, range: item.range)
    }
}
