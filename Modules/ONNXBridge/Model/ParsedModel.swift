import Buffers
import CONNXProto
import CProtobufC
import Glibc

/// A model as protobuf-c unpacked it. Nobody writes to it, so it may be shared; tensors keep it alive.
final class ParsedModel: @unchecked Sendable {
    let message: UnsafeMutablePointer<SlipOnnx__ModelProto>
    /// The file, in which long constants have stayed.
    private let file: AlignedBuffer<UInt8>
    private let elements: [[WireKey]: Range<Int>]

    /// Unpacks a file that has passed ``WireCheck``.
    init(_ file: AlignedBuffer<UInt8>) throws(ONNXError) {
        self.file = file
        let bytes = UnsafeRawBufferPointer(file.elements)
        let skeleton = try WireSkeleton(bytes)
        elements = skeleton.elements
        let unpacked: Result<UnsafeMutablePointer<SlipOnnx__ModelProto>, ONNXError>? = skeleton.bytes?.withUnsafeBytes {
            bytes in
            do throws(ONNXError) { return .success(try Self.unpack(bytes)) } catch { return .failure(error) }
        }
        if let unpacked {
            message = try unpacked.get()
        } else {
            message = try Self.unpack(bytes)
        }
    }

    /// The raw elements of a tensor.
    func rawData(_ proto: SlipOnnx__TensorProto, _ path: [WireKey]) -> UnsafeRawBufferPointer {
        guard let range = elements[path] else {
            return UnsafeRawBufferPointer(start: proto.raw_data.data, count: proto.raw_data.len)
        }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(file.elements)[range])
    }

    /// Each message costs far more memory than its bytes, so a small file could ask for a lot: allocation has a budget.
    private static func unpack(
        _ bytes: UnsafeRawBufferPointer
    ) throws(ONNXError) -> UnsafeMutablePointer<SlipOnnx__ModelProto> {
        let budget = bytes.count + 64 * min(bytes.count, 64 << 20) + 1 << 20
        let left = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        defer { left.deallocate() }
        left.pointee = budget
        var allocator = ProtobufCAllocator(
            alloc: { data, size in
                let left = data!.assumingMemoryBound(to: Int.self)
                guard size <= left.pointee else { return nil }
                left.pointee -= size
                return malloc(size)
            },
            free: { _, pointer in Glibc.free(pointer) }, allocator_data: left)
        let base = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        guard let message = slip_onnx__model_proto__unpack(&allocator, bytes.count, base) else {
            throw left.pointee < 1 << 20
                ? .tooLarge(bytes: budget) : .malformed(field: "the model", offset: 0, reason: "it cannot be unpacked")
        }
        return message
    }

    deinit { slip_onnx__model_proto__free_unpacked(message, nil) }
}

/// Reading protobuf-c's members.
enum Parsed {
    /// A text; an absent one is empty.
    static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
        pointer.map { String(cString: $0) } ?? ""
    }

    /// Texts in order.
    static func texts(
        _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int
    ) -> [String] {
        UnsafeBufferPointer(start: pointers, count: count).map(text)
    }

    /// The elements of a repeated message field.
    static func messages<Message>(
        _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
    ) -> [UnsafeMutablePointer<Message>] {
        UnsafeBufferPointer(start: pointers, count: count).compactMap { $0 }
    }

    /// Pairs of texts; a later entry of the same key wins.
    static func entries(
        _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<SlipOnnx__StringStringEntryProto>?>?, _ count: Int
    ) -> [String: String] {
        var result: [String: String] = [:]
        for entry in messages(pointers, count) { result[text(entry.pointee.key)] = text(entry.pointee.value) }
        return result
    }

    /// Operator sets by domain; `ai.onnx` is the long name of the standard domain, which is empty.
    static func opsets(
        _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<SlipOnnx__OperatorSetIdProto>?>?, _ count: Int
    ) -> [String: Int] {
        var result: [String: Int] = [:]
        for entry in messages(pointers, count) {
            let domain = text(entry.pointee.domain)
            result[domain == "ai.onnx" ? "" : domain] = Int(entry.pointee.version)
        }
        return result
    }
}
