/// How a field's payload is delimited in protobuf's wire format. Groups, which ONNX never had, are not among them.
enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
}

/// Where one field of a message lies.
struct WireField {
    let number: Int
    let type: WireType
    /// The first byte of the tag.
    let start: Int
    /// The first byte after the tag: of the length, or of the payload if there is no length.
    let tagEnd: Int
    let payload: Range<Int>

    /// Tag, length and payload.
    var range: Range<Int> { start..<payload.upperBound }
}

/// What stands before a field's payload, and how long that claims to be.
struct WireHead {
    let number: Int
    let type: WireType
    let start: Int
    let tagEnd: Int
    let payloadStart: Int
    let size: UInt64
}

/// What is wrong with the bytes of a message.
struct WireFault: Error {
    let offset: Int
    /// How many bytes too few there are; 0 for any other fault.
    var missing = 0
    var reason = "more bytes are announced than the enclosing message holds"
    /// Names of the enclosing fields, innermost first.
    var path: [String] = []
}

/// Steps over the fields of a message, field by field, trusting no length.
struct WireCursor {
    let bytes: UnsafeRawBufferPointer
    private(set) var position: Int
    let end: Int

    /// A cursor at the first field of the message that fills `range`.
    init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field, or `nil` at the message's end.
    mutating func next() throws(WireFault) -> WireField? {
        guard position < end else { return nil }
        let head = try nextHead()
        guard head.size <= UInt64(end - position) else {
            let missing = head.size - UInt64(end - position)
            throw WireFault(offset: head.start, missing: Int(clamping: missing))
        }
        let payload = head.payloadStart..<head.payloadStart + Int(head.size)
        position = payload.upperBound
        return WireField(
            number: head.number, type: head.type, start: head.start, tagEnd: head.tagEnd, payload: payload)
    }

    /// What stands before a field's payload, which need not be among these bytes; the cursor moves to where it begins.
    mutating func nextHead() throws(WireFault) -> WireHead {
        let start = position
        let tag = try readVarint()
        guard let type = WireType(rawValue: UInt8(tag & 7)) else {
            throw WireFault(offset: start, reason: "wire type \(tag & 7) is not one that ONNX uses")
        }
        guard tag >> 3 != 0, tag >> 3 < 1 << 29 else {
            throw WireFault(offset: start, reason: "\(tag >> 3) is not a valid field number")
        }
        let tagEnd = position
        let size: UInt64
        switch type {
        case .varint:
            _ = try readVarint()
            size = UInt64(position - tagEnd)
            position = tagEnd
        case .fixed64: size = 8
        case .fixed32: size = 4
        case .lengthDelimited: size = try readVarint()
        }
        return WireHead(
            number: Int(tag >> 3), type: type, start: start, tagEnd: tagEnd, payloadStart: position, size: size)
    }

    /// The variable-length integer at the cursor, which moves behind it.
    mutating func readVarint() throws(WireFault) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            // The tenth byte has room for one bit.
            guard shift < 63 || byte <= 1 else {
                throw WireFault(offset: start, reason: "an integer is longer than 64 bits")
            }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw WireFault(offset: start, missing: 1)
    }
}
