/// The type of a tensor's elements, by ONNX's number for it. Numbers that later versions add are kept as they are.
public struct ONNXDataType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The number in the file.
    public let rawValue: Int32

    /// A type by its number, whether known or not.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// No type was given.
    public static let undefined = ONNXDataType(rawValue: 0)
    /// 32-bit floating point.
    public static let float = ONNXDataType(rawValue: 1)
    /// Unsigned 8-bit integers.
    public static let uint8 = ONNXDataType(rawValue: 2)
    /// Signed 8-bit integers.
    public static let int8 = ONNXDataType(rawValue: 3)
    /// Unsigned 16-bit integers.
    public static let uint16 = ONNXDataType(rawValue: 4)
    /// Signed 16-bit integers.
    public static let int16 = ONNXDataType(rawValue: 5)
    /// Signed 32-bit integers.
    public static let int32 = ONNXDataType(rawValue: 6)
    /// Signed 64-bit integers.
    public static let int64 = ONNXDataType(rawValue: 7)
    /// Texts.
    public static let string = ONNXDataType(rawValue: 8)
    /// Truth values, one a byte.
    public static let bool = ONNXDataType(rawValue: 9)
    /// IEEE 16-bit floating point.
    public static let float16 = ONNXDataType(rawValue: 10)
    /// 64-bit floating point.
    public static let double = ONNXDataType(rawValue: 11)
    /// Unsigned 32-bit integers.
    public static let uint32 = ONNXDataType(rawValue: 12)
    /// Unsigned 64-bit integers.
    public static let uint64 = ONNXDataType(rawValue: 13)
    /// The upper half of a 32-bit floating-point number.
    public static let bfloat16 = ONNXDataType(rawValue: 16)

    /// Whether elements are real numbers that can be trained: 16, 32 or 64 bits of floating point.
    public var isTrainable: Bool { [.float, .double, .float16, .bfloat16].contains(self) }

    /// Whether elements are integers or truth values that fill whole bytes.
    public var isInteger: Bool {
        [.int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8, .bool].contains(self)
    }

    /// The size of an element in bits; `nil` for texts and unknown types.
    public var bits: Int? {
        switch rawValue {
        case 2, 3, 9, 17...20, 24: 8
        case 4, 5, 10, 16: 16
        case 1, 6, 12: 32
        case 7, 11, 13, 14: 64
        case 15: 128
        case 21...23: 4
        case 25, 26: 2
        case 27, 28: 6
        default: nil
        }
    }

    /// ONNX's name of the type, or its number.
    public var description: String {
        let names = [
            "undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16",
            "double", "uint32", "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz",
            "float8e5m2", "float8e5m2fnuz", "uint4", "int4", "float4e2m1", "float8e8m0", "uint2", "int2", "float6e2m3",
            "float6e3m2",
        ]
        return names.indices.contains(Int(rawValue)) ? names[Int(rawValue)] : "number \(rawValue)"
    }
}
