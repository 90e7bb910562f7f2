import CONNXProto
import CProtobufC
import Tensors

/// Finds the data files that a model names anywhere, inner graphs and constants included; elements are stepped over, unread.
struct DataFileScan {
    /// The files, relative to the model's folder as the model gives them, each once.
    private(set) var locations: [String] = []
    private let source: ByteSource

    /// Messages up to this size are read at once: most are far smaller, and a read for every field takes longer.
    private static let chunk = 1 << 16

    /// Scans a file.
    ///
    /// - Throws: ``ONNXError`` `truncated`, `malformed`, `unreadable`.
    init(_ source: ByteSource) throws(ONNXError) {
        self.source = source
        try visit(0..<source.count, slip_onnx_model_descriptor(), depth: 1)
    }

    private mutating func visit(
        _ range: Range<Int>, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, depth: Int
    ) throws(ONNXError) {
        guard range.count > Self.chunk else { return try add(try source.onnxBytes(range), descriptor) }
        if descriptor == slip_onnx_tensor_descriptor() { return try add(try withoutElements(range), descriptor) }
        try WireCheck.checkDepth(depth, offset: range.lowerBound)
        var cursor = WireFileCursor(source, in: range)
        while let field = try cursor.next("the model") {
            guard field.type == .lengthDelimited,
                let known = protobuf_c_message_descriptor_get_field(descriptor, UInt32(field.number)),
                known.pointee.type == PROTOBUF_C_TYPE_MESSAGE
            else { continue }
            let inner = known.pointee.descriptor!.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
            try visit(field.payload, inner, depth: depth + 1)
        }
    }

    /// What a large tensor says of external data, as a message of its own.
    private func withoutElements(_ range: Range<Int>) throws(ONNXError) -> [UInt8] {
        var message: [UInt8] = []
        var cursor = WireFileCursor(source, in: range)
        while let field = try cursor.next("a tensor") {
            guard [WireNumber.Tensor.dataLocation, WireNumber.Tensor.externalData].contains(field.number) else {
                continue
            }
            guard message.count + field.range.count <= InitializerScan.longestText else {
                throw .malformed(
                    field: "a tensor", offset: field.start, reason: "a text of \(field.payload.count) bytes")
            }
            message += try source.onnxBytes(field.range)
        }
        return message
    }

    private mutating func add(
        _ bytes: [UInt8], _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) throws(ONNXError) {
        let found = bytes.withUnsafeBytes { pointer -> Result<[ExternalReference], ONNXError> in
            do throws(ONNXError) {
                return .success(try ExternalReference.all(in: pointer, of: descriptor))
            } catch { return .failure(error) }
        }
        for reference in try found.get() where !locations.contains(reference.location) {
            locations.append(reference.location)
        }
    }
}
