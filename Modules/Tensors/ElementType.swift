import Buffers

/// The type of a tensor's elements, as files name it.
public enum ElementType: String, Sendable, Hashable, Codable {
    case float32, float64, int32, int64, uint8

    /// The size of one element in bytes.
    public var stride: Int {
        switch self {
        case .uint8: 1
        case .float32, .int32: 4
        case .float64, .int64: 8
        }
    }
}

/// A Swift type that tensors can hold.
public protocol TensorElement: BitwiseCopyable, Numeric, Sendable {
    /// Its name in files.
    static var elementType: ElementType { get }
}

extension Float: TensorElement { public static var elementType: ElementType { .float32 } }
extension Double: TensorElement { public static var elementType: ElementType { .float64 } }
extension Int32: TensorElement { public static var elementType: ElementType { .int32 } }
extension Int64: TensorElement { public static var elementType: ElementType { .int64 } }
extension UInt8: TensorElement { public static var elementType: ElementType { .uint8 } }
