import Tensors

/// Steps over the fields of a message in a file and reads no more of it than what stands before the payloads.
struct WireFileCursor {
    private let source: ByteSource
    private var position: Int
    private let end: Int

    /// The longest thing before a payload: a tag and a length, of ten bytes each; a whole integer field is no longer.
    private static let window = 20

    /// A cursor at the first field of the message that fills `range`.
    init(_ source: ByteSource, in range: Range<Int>) {
        self.source = source
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field, or `nil` at the message's end.
    ///
    /// - Throws: ``ONNXError`` `truncated` for a field that is longer than the rest of the file, `malformed`, `unreadable`.
    mutating func next(_ message: String) throws(ONNXError) -> WireField? {
        guard position < end else { return nil }
        let bytes = try source.onnxBytes(position..<min(end, position + Self.window))
        let head = bytes.withUnsafeBytes { pointer -> Result<WireHead, WireFault> in
            var cursor = WireCursor(pointer, in: 0..<pointer.count)
            do throws(WireFault) { return .success(try cursor.nextHead()) } catch { return .failure(error) }
        }
        let field: WireHead
        do { field = try head.get() } catch {
            if error.missing > 0, end == source.count {
                throw .truncated(field: message, offset: position, missing: error.missing)
            }
            throw .malformed(field: message, offset: position + error.offset, reason: error.reason)
        }
        let payload = position + field.payloadStart
        guard field.size <= UInt64(end - payload) else {
            let missing = Int(clamping: field.size - UInt64(end - payload))
            // What the whole file cannot hold was cut off; what only its message cannot is damage.
            guard end == source.count else {
                throw .malformed(
                    field: message, offset: position,
                    reason: "more bytes are announced than the enclosing message holds")
            }
            throw .truncated(field: message, offset: position, missing: missing)
        }
        let start = position
        position = payload + Int(field.size)
        return WireField(
            number: field.number, type: field.type, start: start, tagEnd: start + field.tagEnd,
            payload: payload..<position)
    }
}

extension ByteSource {
    /// The bytes of a range of a model.
    func onnxBytes(_ range: Range<Int>) throws(ONNXError) -> [UInt8] {
        let bytes: [UInt8]?
        do throws(FileError) { bytes = try self.bytes(at: range.lowerBound, count: range.count) } catch {
            throw .unreadable(path: name, reason: error.reason)
        }
        guard let bytes else { throw .unreadable(path: name, reason: "it became shorter while it was read") }
        return bytes
    }
}
