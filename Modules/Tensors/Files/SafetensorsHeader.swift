/// The header of a `.safetensors` file: which bytes are which tensor.
///
/// Format: <https://github.com/huggingface/safetensors>, section "Format": a 64-bit length, that many bytes of JSON,
/// then the tensors' bytes without gaps.
struct SafetensorsHeader {
    var entries: [Safetensors.Entry]
    var metadata: [String: String]

    /// The most bytes that a header may have; the format's own implementation draws the same line.
    static let longest = 100_000_000
    /// The member of the header that is no tensor.
    static let metadataName = "__metadata__"
    /// The element types as the format names them.
    static let elementTypes: [(name: String, elementType: ElementType)] = [
        ("F32", .float32), ("F64", .float64), ("I32", .int32), ("I64", .int64), ("U8", .uint8),
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
        for entry in entries {
            let shape = entry.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(JSONText.quoted(entry.name)):{\"dtype\":\"\(Self.name(of: entry.elementType))\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(entry.range.lowerBound),\(entry.range.upperBound)]}")
        }
        var text = Array("{\(members.joined(separator: ","))}".utf8)
        text.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8))
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
    }
}

extension SafetensorsHeader {
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
        entries = []
        metadata = [:]
        var names: Set<String> = []
        for (name, value) in members {
            guard names.insert(name).inserted else {
                throw Fault(kind: .malformed, detail: "two tensors are named '\(name)'")
            }
            if name == Self.metadataName {
                metadata = try Self.metadata(value)
            } else {
                entries.append(try Self.entry(name, value))
            }
        }
        try Self.checkRanges(entries, dataCount: dataCount)
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

    private static func entry(_ name: String, _ value: JSONText) throws(Fault) -> Safetensors.Entry {
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
        guard let elementType = elementTypes.first(where: { $0.name == typeName })?.elementType else {
            let supported = elementTypes.map { $0.name }.joined(separator: ", ")
            throw Fault(
                kind: .unsupported, detail: "the tensor '\(name)' has dtype '\(typeName)'; read here: \(supported)")
        }
        guard let count = Shape.checkedCount(shape), count <= Int.max / elementType.stride else {
            throw malformed("has the impossible shape \(shape)")
        }
        guard count * elementType.stride == offsets[1] - offsets[0] else {
            throw malformed(
                "of \(Shape.describe(shape)) elements of \(typeName) takes \(count * elementType.stride) bytes, but its "
                    + "data_offsets hold \(offsets[1] - offsets[0])")
        }
        return Safetensors.Entry(name: name, elementType: elementType, shape: shape, range: offsets[0]..<offsets[1])
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
    private static func checkRanges(_ entries: [Safetensors.Entry], dataCount: Int) throws(Fault) {
        let sorted = entries.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        var end = 0
        for entry in sorted {
            guard entry.range.lowerBound == end else {
                let fault = entry.range.lowerBound < end ? "overlaps another one" : "leaves a gap before it"
                throw Fault(
                    kind: .malformed,
                    detail:
                        "the tensor '\(entry.name)' begins at byte \(entry.range.lowerBound), not \(end): it \(fault)")
            }
            end = entry.range.upperBound
        }
        guard end == dataCount else {
            throw Fault(
                kind: end > dataCount ? .truncated : .malformed,
                detail: "\(dataCount) bytes follow its header, where the tensors take \(end)")
        }
    }
}
