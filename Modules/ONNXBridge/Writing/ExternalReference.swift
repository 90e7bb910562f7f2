import CONNXProto
import CProtobufC

/// A tensor anywhere in a model, parts that the bridge does not read included, whose elements lie in another file.
struct ExternalReference {
    /// The way from the model to the tensor's message.
    let path: [WireKey]
    /// Its entries' keys and values, in order.
    let entries: [(key: String, value: String)]

    /// The file that it names.
    var location: String { entries.last { $0.key == "location" }?.value ?? "" }

    /// Finds all such tensors, along the schema.
    ///
    /// - Parameters:
    ///   - bytes: a message.
    ///   - descriptor: what it is; a model if nothing is said.
    static func all(
        in bytes: UnsafeRawBufferPointer,
        of descriptor: UnsafePointer<ProtobufCMessageDescriptor> = slip_onnx_model_descriptor()
    ) throws(ONNXError) -> [ExternalReference] {
        var found: [ExternalReference] = []
        try visit(bytes, 0..<bytes.count, descriptor, [], &found)
        return found
    }

    private static func visit(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        _ path: [WireKey], _ found: inout [ExternalReference]
    ) throws(ONNXError) {
        if descriptor == slip_onnx_tensor_descriptor() {
            if let entries = try externalEntries(bytes, range) {
                found.append(ExternalReference(path: path, entries: entries))
            }
            return
        }
        try WireCheck.checkDepth(path.count + 1, offset: range.lowerBound)
        var occurrences: [Int: Int] = [:]
        var cursor = WireCursor(bytes, in: range)
        while let field = try WireEdit.next(&cursor) {
            guard field.type == .lengthDelimited,
                let known = protobuf_c_message_descriptor_get_field(descriptor, UInt32(field.number)),
                known.pointee.type == PROTOBUF_C_TYPE_MESSAGE
            else { continue }
            let key = WireKey(field.number, occurrences[field.number, default: 0])
            occurrences[field.number] = key.occurrence + 1
            let inner = known.pointee.descriptor!.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
            try visit(bytes, field.payload, inner, path + [key], &found)
        }
    }

    /// The entries of a tensor's message, or `nil` if its elements lie in the model.
    private static func externalEntries(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
    ) throws(ONNXError) -> [(key: String, value: String)]? {
        var entries: [(key: String, value: String)] = []
        var isExternal = false
        var cursor = WireCursor(bytes, in: range)
        while let field = try WireEdit.next(&cursor) {
            switch field.number {
            case WireNumber.Tensor.dataLocation:
                var value = WireCursor(bytes, in: field.payload)
                isExternal = (try? value.readVarint()) == 1
            case WireNumber.Tensor.externalData: entries.append(try entry(bytes, field.payload))
            default: break
            }
        }
        return isExternal ? entries : nil
    }

    /// A pair of texts.
    static func entry(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
    ) throws(ONNXError) -> (key: String, value: String) {
        var result = (key: "", value: "")
        var cursor = WireCursor(bytes, in: range)
        while let field = try WireEdit.next(&cursor) {
            let text = String(decoding: bytes[field.payload], as: UTF8.self)
            if field.number == WireNumber.Entry.key { result.key = text }
            if field.number == WireNumber.Entry.value { result.value = text }
        }
        return result
    }
}

/// Points a tensor at another range of another file; entries that need not change stay byte for byte.
struct ExternalRelocation: Sendable {
    let location: String
    /// The new first byte and length; `nil` if they stay.
    let range: Range<Int>?
    /// Whether the file's contents change, so that its checksum is no longer true.
    let dropsChecksum: Bool

    /// The rewritten form of the tensor's message at `range`.
    func rope(_ bytes: UnsafeRawBufferPointer, _ message: Range<Int>) throws(ONNXError) -> WireRope {
        var wanted = ["location": location]
        if let range {
            wanted["offset"] = String(range.lowerBound)
            wanted["length"] = String(range.count)
        }
        var missing = wanted
        var rope = WireRope()
        var cursor = WireCursor(bytes, in: message)
        while let field = try WireEdit.next(&cursor) {
            guard field.number == WireNumber.Tensor.externalData else {
                rope.append(original: field.range)
                continue
            }
            let entry = try ExternalReference.entry(bytes, field.payload)
            missing[entry.key] = nil
            if dropsChecksum, entry.key == "checksum" { continue }
            guard let value = wanted[entry.key], value != entry.value else {
                rope.append(original: field.range)
                continue
            }
            var payload = WireRope()
            payload.append(new: Self.encode(entry.key, value))
            WireEdit.append(payload, as: field, to: &rope)
        }
        for (key, value) in missing.sorted(by: { $0.key < $1.key }) {
            let entry = WireWriter.message { $0.data(WireNumber.Tensor.externalData, Self.encode(key, value)) }
            rope.append(new: entry)
        }
        return rope
    }

    private static func encode(_ key: String, _ value: String) -> [UInt8] {
        WireWriter.message { entry in
            entry.text(WireNumber.Entry.key, key)
            entry.text(WireNumber.Entry.value, value)
        }
    }
}
