import CONNXProto
import CProtobufC

/// Walks a serialised model along the schema before it is unpacked.
///
/// protobuf-c neither limits how deep messages nest nor says where it stopped. What passes this check it unpacks.
struct WireCheck {
    /// As deep as protobuf's own implementations go. A network in a loop in a branch needs about 15.
    static let depthLimit = 100

    private static let tooDeep = "messages nest deeper than \(depthLimit) levels"

    private let bytes: UnsafeRawBufferPointer

    /// Checks how deep a message lies, for walks over what has not been checked as a whole.
    static func checkDepth(_ depth: Int, offset: Int) throws(ONNXError) {
        guard depth <= depthLimit else { throw .malformed(field: "a message", offset: offset, reason: tooDeep) }
    }

    /// Checks all bytes of a model.
    ///
    /// - Throws: ``ONNXError`` `notONNX`, `truncated` or `malformed`.
    static func check(_ bytes: UnsafeRawBufferPointer) throws(ONNXError) {
        guard !bytes.isEmpty else { throw .notONNX(reason: "it is empty") }
        let root = slip_onnx_model_descriptor()!
        try checkStart(bytes, root)
        do {
            try WireCheck(bytes: bytes).message(0..<bytes.count, root, depth: 1)
        } catch {
            let field = error.path.isEmpty ? "the model" : error.path.reversed().joined(separator: ".")
            // A length that the whole file cannot hold is seen at the outermost level: a file that was cut off.
            if error.missing > 0, error.path.count <= 1 {
                throw .truncated(field: field, offset: error.offset, missing: error.missing)
            }
            throw .malformed(field: field, offset: error.offset, reason: error.reason)
        }
    }

    /// Whatever is not ONNX at all shows in its first bytes: they are no field of a model.
    private static func checkStart(
        _ bytes: UnsafeRawBufferPointer, _ root: UnsafePointer<ProtobufCMessageDescriptor>
    ) throws(ONNXError) {
        var cursor = WireCursor(bytes, in: 0..<min(bytes.count, 10))
        guard let tag = try? cursor.readVarint(), tag >> 3 < 1 << 29,
            let field = protobuf_c_message_descriptor_get_field(root, UInt32(tag >> 3)),
            let type = WireType(rawValue: UInt8(tag & 7)), Self.types(field.pointee).contains(type)
        else { throw .notONNX(reason: "its first bytes are not those of a model") }
    }

    private func message(
        _ range: Range<Int>, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, depth: Int
    ) throws(WireFault) {
        guard depth <= Self.depthLimit else {
            throw WireFault(offset: range.lowerBound, reason: Self.tooDeep)
        }
        var cursor = WireCursor(bytes, in: range)
        var seen: UInt64 = 0
        while true {
            let start = cursor.position
            do throws(WireFault) {
                guard let field = try cursor.next() else { return }
                guard let known = protobuf_c_message_descriptor_get_field(descriptor, UInt32(field.number)) else {
                    continue
                }
                guard Self.types(known.pointee).contains(field.type) else {
                    throw WireFault(offset: start, reason: "the field is encoded as a different type")
                }
                if known.pointee.type == PROTOBUF_C_TYPE_MESSAGE, known.pointee.label != PROTOBUF_C_LABEL_REPEATED {
                    // Parsers would merge the two, and an edit could not tell which of them it means.
                    guard seen & 1 << field.number == 0 else {
                        throw WireFault(offset: start, reason: "the field occurs twice")
                    }
                    seen |= 1 << field.number
                }
                try payload(of: field, known.pointee, depth: depth)
            } catch {
                var fault = error
                if let name = nameOfField(at: start, in: range, descriptor) { fault.path.append(name) }
                throw fault
            }
        }
    }

    private func payload(
        of field: WireField, _ known: ProtobufCFieldDescriptor, depth: Int
    ) throws(WireFault) {
        guard field.type == .lengthDelimited else { return }
        guard field.payload.count <= Int(Int32.max) else {
            throw WireFault(offset: field.start, reason: "the field exceeds protobuf's limit of 2 GiB")
        }
        switch known.type {
        case PROTOBUF_C_TYPE_MESSAGE:
            let inner = known.descriptor!.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
            try message(field.payload, inner, depth: depth + 1)
        case PROTOBUF_C_TYPE_STRING:
            guard !UnsafeRawBufferPointer(rebasing: bytes[field.payload]).contains(0) else {
                throw WireFault(offset: field.start, reason: "a text contains a zero byte")
            }
        case PROTOBUF_C_TYPE_BYTES: break
        default: try packed(field.payload, known)
        }
    }

    /// Repeated numbers in one field.
    private func packed(_ range: Range<Int>, _ known: ProtobufCFieldDescriptor) throws(WireFault) {
        switch Self.scalarType(known) {
        case .fixed32, .fixed64:
            let size = Self.scalarType(known) == .fixed32 ? 4 : 8
            guard range.count % size == 0 else {
                throw WireFault(
                    offset: range.lowerBound,
                    reason: "\(range.count) bytes are no whole number of \(size)-byte elements")
            }
        default:
            var cursor = WireCursor(bytes, in: range)
            while cursor.position < range.upperBound { _ = try cursor.readVarint() }
        }
    }

    /// `node[7]`: the schema's name of the field that starts at a byte, with its index if it is one of several.
    private func nameOfField(
        at start: Int, in range: Range<Int>, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) -> String? {
        var tail = WireCursor(bytes, in: start..<range.upperBound)
        guard let tag = try? tail.readVarint(), tag >> 3 < 1 << 29,
            let known = protobuf_c_message_descriptor_get_field(descriptor, UInt32(tag >> 3))
        else { return nil }
        let name = String(cString: known.pointee.name)
        guard known.pointee.label == PROTOBUF_C_LABEL_REPEATED else { return name }
        var index = 0
        var cursor = WireCursor(bytes, in: range)
        while cursor.position < start, let field = try? cursor.next() {
            if field.number == Int(tag >> 3) { index += 1 }
        }
        return "\(name)[\(index)]"
    }

    /// The wire types that a field of the schema may have.
    private static func types(_ field: ProtobufCFieldDescriptor) -> [WireType] {
        let type = scalarType(field)
        return type != .lengthDelimited && field.label == PROTOBUF_C_LABEL_REPEATED ? [type, .lengthDelimited] : [type]
    }

    private static func scalarType(_ field: ProtobufCFieldDescriptor) -> WireType {
        switch field.type {
        case PROTOBUF_C_TYPE_MESSAGE, PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES: .lengthDelimited
        case PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32: .fixed32
        case PROTOBUF_C_TYPE_DOUBLE, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64: .fixed64
        default: .varint
        }
    }
}
