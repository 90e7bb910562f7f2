import CONNXProto

/// One dimension of a value's shape.
public enum ONNXDimension: Sendable, Hashable, CustomStringConvertible {
    /// A number.
    case fixed(Int)
    /// A name; dimensions of the same name are equal.
    case symbolic(String)
    /// Nothing is known.
    case unknown

    /// The number, the name or `?`.
    public var description: String {
        switch self {
        case .fixed(let size): String(size)
        case .symbolic(let name): name
        case .unknown: "?"
        }
    }
}

/// What a file says of the type of a value.
public enum ONNXType: Sendable, Hashable {
    /// A dense array; the shape is `nil` if not even the rank is known.
    case tensor(ONNXDataType, shape: [ONNXDimension]?)
    /// A sequence, map, sparse array, optional or opaque value, by ONNX's name of the kind.
    case other(String)
    /// Nothing is said.
    case unknown
}

/// A named input, output or intermediate value of a graph.
public struct ONNXValue: Sendable, Hashable {
    /// The name by which nodes refer to it.
    public let name: String
    /// Its type, as far as the file tells.
    public let type: ONNXType

    /// The shape, if it is a dense array of known rank.
    public var shape: [ONNXDimension]? {
        if case .tensor(_, let shape) = type { shape } else { nil }
    }

    /// The type of its elements, if it is a dense array.
    public var dataType: ONNXDataType? {
        if case .tensor(let type, _) = type { type } else { nil }
    }

    init(_ message: SlipOnnx__ValueInfoProto) {
        name = Parsed.text(message.name)
        type = message.type.map { ONNXType($0.pointee) } ?? .unknown
    }
}

extension ONNXType {
    init(_ message: SlipOnnx__TypeProto) {
        switch message.value_case {
        case SLIP_ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE:
            let tensor = message.tensor_type.pointee
            self = .tensor(
                ONNXDataType(rawValue: tensor.elem_type),
                shape: tensor.shape.map { shape in
                    Parsed.messages(shape.pointee.dim, shape.pointee.n_dim).map { ONNXDimension($0.pointee) }
                })
        case SLIP_ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE: self = .other("sequence")
        case SLIP_ONNX__TYPE_PROTO__VALUE_MAP_TYPE: self = .other("map")
        case SLIP_ONNX__TYPE_PROTO__VALUE_OPAQUE_TYPE: self = .other("opaque")
        case SLIP_ONNX__TYPE_PROTO__VALUE_SPARSE_TENSOR_TYPE: self = .other("sparse tensor")
        case SLIP_ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE: self = .other("optional")
        default: self = .unknown
        }
    }
}

extension ONNXDimension {
    init(_ message: SlipOnnx__TensorShapeProto__Dimension) {
        switch message.value_case {
        // Some exporters write -1 for a size that varies.
        case SLIP_ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE where message.dim_value >= 0:
            self = .fixed(Int(message.dim_value))
        case SLIP_ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM where message.dim_param[0] != 0:
            self = .symbolic(Parsed.text(message.dim_param))
        default: self = .unknown
        }
    }
}
