/// Serialises messages in Protocol Buffers' wire format, field by field.
struct WireWriter {
    /// The bytes so far.
    private(set) var bytes: [UInt8] = []

    /// A message of the fields that `body` writes.
    static func message(_ body: (inout WireWriter) throws -> Void) rethrows -> [UInt8] {
        var writer = WireWriter()
        try body(&writer)
        return writer.bytes
    }

    /// Makes room for so many bytes.
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// Writes an integer field.
    mutating func integer(_ field: Int, _ value: Int) {
        tag(field, .varint)
        Self.append(UInt64(bitPattern: Int64(value)), to: &bytes)
    }

    /// Writes a 32-bit floating-point field.
    mutating func float(_ field: Int, _ value: Float) {
        tag(field, .fixed32)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Writes a text field.
    mutating func text(_ field: Int, _ value: String) {
        tag(field, .lengthDelimited)
        Self.append(UInt64(value.utf8.count), to: &bytes)
        bytes.append(contentsOf: value.utf8)
    }

    /// Writes a field of bytes.
    mutating func data(_ field: Int, _ value: some Collection<UInt8>) {
        tag(field, .lengthDelimited)
        Self.append(UInt64(value.count), to: &bytes)
        bytes.append(contentsOf: value)
    }

    /// Writes a field that is a message of the fields that `body` writes.
    mutating func message(_ field: Int, _ body: (inout WireWriter) throws -> Void) rethrows {
        tag(field, .lengthDelimited)
        let start = bytes.count
        try body(&self)
        // The length stands before the content, which is moved rather than written to memory of its own first.
        bytes.insert(contentsOf: Self.varint(UInt64(bytes.count - start)), at: start)
    }

    /// The shortest form of a variable-length integer.
    static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return bytes
    }

    private mutating func tag(_ field: Int, _ type: WireType) {
        Self.append(UInt64(field) << 3 | UInt64(type.rawValue), to: &bytes)
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
