/// Serialises messages in Protocol Buffers' wire format, field by field.
struct ProtoWriter {
    /// The bytes so far.
    private(set) var bytes: [UInt8] = []

    /// Writes an integer field.
    mutating func integer(_ field: Int, _ value: Int) {
        varint(UInt64(field) << 3)
        varint(UInt64(bitPattern: Int64(value)))
    }

    /// Writes a 32-bit floating-point field.
    mutating func float(_ field: Int, _ value: Float) {
        varint(UInt64(field) << 3 | 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Writes a text field.
    mutating func text(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }

    /// Writes a field of bytes.
    mutating func data(_ field: Int, _ value: [UInt8]) { value.withUnsafeBytes { data(field, $0) } }

    /// Writes a field of bytes.
    mutating func data(_ field: Int, _ value: UnsafeRawBufferPointer) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Writes a field that is a message.
    mutating func message(_ field: Int, _ body: (inout ProtoWriter) throws -> Void) rethrows {
        var inner = ProtoWriter()
        try body(&inner)
        data(field, inner.bytes)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
