import CONNXProto
import Tensors

/// A constant array of a model: an initialiser, or an attribute of a node.
///
/// A tensor describes its elements; they are decoded when asked for, from the model's bytes or from an external file.
public struct ONNXTensor: @unchecked Sendable {
    /// The name; attributes are often nameless.
    public let name: String
    /// The type of its elements in the file.
    public let dataType: ONNXDataType
    /// The dimensions, outermost first; an empty shape is a scalar.
    public let shape: [Int]
    /// The number of its elements.
    public let count: Int

    /// The way from the model to its message.
    let path: [WireKey]
    let storage: Storage
    // Kept alive for `message`, which points into it.
    let owner: ParsedModel
    let message: UnsafePointer<SlipOnnx__TensorProto>
    /// The elements as raw bytes, if they are given so; kept alive by `owner`, too.
    let rawData: UnsafeRawBufferPointer

    /// Where the elements are.
    enum Storage {
        /// `raw_data`, little-endian.
        case raw
        /// The member for the element type, by its field number.
        case typed(field: Int)
        /// A range of a file beside the model.
        case external(ExternalData)
        /// In a file beside the model which cannot be used, for a reason.
        case missing(ONNXError)
    }

    /// Whether the elements lie in another file.
    public var isExternal: Bool { if case .external = storage { true } else { false } }

    /// The size of the elements in bytes, if they are numbers.
    public var byteCount: Int { Self.bytes(dataType, count) }

    init(
        _ message: UnsafePointer<SlipOnnx__TensorProto>, _ context: ParsingContext, _ path: [WireKey]
    ) throws(ONNXError) {
        let proto = message.pointee
        let name = Parsed.text(proto.name)
        self.name = name
        self.path = path
        self.message = message
        owner = context.owner
        dataType = ONNXDataType(rawValue: proto.data_type)
        var shape: [Int] = []
        for dimension in UnsafeBufferPointer(start: proto.dims, count: proto.n_dims) { shape.append(Int(dimension)) }
        // An element has at most 128 bits, so that this keeps the size in bits below 2^63.
        guard let count = Shape.checkedCount(shape), count < Int.max >> 8 else {
            throw .invalidTensor(name: name, reason: "the impossible shape \(shape)")
        }
        self.shape = shape
        self.count = count
        guard proto.segment == nil else {
            throw .invalidTensor(name: name, reason: "it is a segment of a larger tensor, which ONNX no longer uses")
        }
        rawData = context.owner.rawData(proto, path)
        storage = try Self.storage(
            proto, rawData, context, name: name, dataType, byteCount: Self.bytes(dataType, count))
        try checkCount(proto)
    }

    private static func bytes(_ type: ONNXDataType, _ count: Int) -> Int { ((type.bits ?? 0) * count + 7) / 8 }

    private static func storage(
        _ proto: SlipOnnx__TensorProto, _ rawData: UnsafeRawBufferPointer, _ context: ParsingContext, name: String,
        _ type: ONNXDataType, byteCount: Int
    ) throws(ONNXError) -> Storage {
        let typed = [
            proto.n_float_data, proto.n_int32_data, proto.n_string_data, proto.n_int64_data, proto.n_double_data,
            proto.n_uint64_data,
        ].filter { $0 > 0 }
        if proto.data_location == SLIP_ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL {
            guard typed.isEmpty, rawData.count == 0 else {
                throw .invalidTensor(name: name, reason: "it has elements both inside and outside the file")
            }
            let entries = Parsed.entries(proto.external_data, proto.n_external_data)
            do throws(ONNXError) {
                return .external(
                    try ExternalData(entries, tensor: name, directory: context.directory, byteCount: byteCount))
            } catch {
                guard context.permitsMissingData else { throw error }
                return .missing(error)
            }
        }
        if proto.has_raw_data != 0, rawData.count > 0 || typed.isEmpty {
            guard typed.isEmpty else {
                throw .invalidTensor(name: name, reason: "it has its elements twice, raw and typed")
            }
            return .raw
        }
        return .typed(field: member(of: type))
    }

    /// The member of the message that holds elements of a type which are not raw.
    private static func member(of type: ONNXDataType) -> Int {
        switch type.rawValue {
        case 1, 14: WireNumber.Tensor.floatData
        case 11, 15: WireNumber.Tensor.doubleData
        case 7: WireNumber.Tensor.int64Data
        case 12, 13: WireNumber.Tensor.uint64Data
        case 8: WireNumber.Tensor.stringData
        default: WireNumber.Tensor.int32Data
        }
    }

    /// Compares the number of elements that are there with the number that the shape announces.
    private func checkCount(_ proto: SlipOnnx__TensorProto) throws(ONNXError) {
        switch storage {
        case .external, .missing: return
        case .raw:
            guard dataType.bits != nil else {
                throw .invalidTensor(name: name, reason: "elements of type \(dataType) cannot be raw bytes")
            }
            guard rawData.count == byteCount else {
                throw .invalidTensor(
                    name: name,
                    reason: "\(rawData.count) bytes of raw data, but the shape \(Shape.describe(shape)) of "
                        + "\(dataType) needs \(byteCount)")
            }
        case .typed(let field):
            let found =
                switch field {
                case WireNumber.Tensor.floatData: proto.n_float_data
                case WireNumber.Tensor.int32Data: proto.n_int32_data
                case WireNumber.Tensor.stringData: proto.n_string_data
                case WireNumber.Tensor.int64Data: proto.n_int64_data
                case WireNumber.Tensor.doubleData: proto.n_double_data
                default: proto.n_uint64_data
                }
            // Complex numbers take two elements; types below a byte share an element.
            let expected =
                switch dataType.rawValue {
                case 14, 15: 2 * count
                case 21...23, 25...28: byteCount
                default: count
                }
            guard found == expected else {
                throw .invalidTensor(
                    name: name,
                    reason: "\(found) elements of \(dataType), but the shape \(Shape.describe(shape)) has \(count)")
            }
        }
    }
}

/// What tensors need to know of the model that they are part of.
struct ParsingContext {
    let owner: ParsedModel
    /// The folder that external data is looked for in; `nil` if there is none.
    let directory: String?
    /// Whether tensors whose external data cannot be used are described all the same.
    var permitsMissingData = false
}
