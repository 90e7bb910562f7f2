import CONNXProto
import CProtobufC

/// A model without its long constants: unpacking would copy every byte of them, though all are at hand in the file.
struct WireSkeleton {
    /// Elements of fewer bytes stay: a message of its own costs as much.
    private static let threshold = 4096

    /// The model's message with empty `raw_data` where elements were left out; `nil` if all of it stays.
    let bytes: [UInt8]?
    /// Where the elements are that were left out, by the way to their tensor.
    private(set) var elements: [[WireKey]: Range<Int>] = [:]

    /// Finds the long constants of a model that has passed ``WireCheck``.
    init(_ original: UnsafeRawBufferPointer) throws(ONNXError) {
        var found: [[WireKey]: Range<Int>] = [:]
        let rope = try Self.rope(original, 0..<original.count, slip_onnx_model_descriptor(), [], &found)
        bytes = found.isEmpty ? nil : rope.joined(of: original)
        elements = found
    }

    private static func rope(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        _ path: [WireKey], _ found: inout [[WireKey]: Range<Int>]
    ) throws(ONNXError) -> WireRope {
        let isTensor = descriptor == slip_onnx_tensor_descriptor()
        var rope = WireRope()
        var occurrences: [Int: Int] = [:]
        var cursor = WireCursor(bytes, in: range)
        while let field = try WireEdit.next(&cursor) {
            if isTensor, field.number == WireNumber.Tensor.rawData {
                // If it occurs twice, the last one counts.
                found[path] = field.payload.count >= threshold ? field.payload : nil
                if found[path] != nil {
                    WireEdit.append(WireRope(), as: field, to: &rope)
                    continue
                }
            }
            guard let known = protobuf_c_message_descriptor_get_field(descriptor, UInt32(field.number)),
                known.pointee.type == PROTOBUF_C_TYPE_MESSAGE, field.payload.count >= threshold
            else {
                if field.type == .lengthDelimited { occurrences[field.number, default: 0] += 1 }
                rope.append(original: field.range)
                continue
            }
            let key = WireKey(field.number, occurrences[field.number, default: 0])
            occurrences[field.number] = key.occurrence + 1
            let inner = known.pointee.descriptor!.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
            let payload = try Self.rope(bytes, field.payload, inner, path + [key], &found)
            WireEdit.append(payload, as: field, to: &rope)
        }
        return rope
    }
}
