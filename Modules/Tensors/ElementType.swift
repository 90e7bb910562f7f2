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
    /// Hides the element type of a tensor.
    static func erase(_ tensor: Tensor<Self>) -> AnyTensor
}

extension Float: TensorElement {
    /// Its name in files.
    public static var elementType: ElementType { .float32 }
    /// Hides the element type of a tensor.
    public static func erase(_ tensor: Tensor<Float>) -> AnyTensor { .float32(tensor) }
}

extension Double: TensorElement {
    /// Its name in files.
    public static var elementType: ElementType { .float64 }
    /// Hides the element type of a tensor.
    public static func erase(_ tensor: Tensor<Double>) -> AnyTensor { .float64(tensor) }
}

extension Int32: TensorElement {
    /// Its name in files.
    public static var elementType: ElementType { .int32 }
    /// Hides the element type of a tensor.
    public static func erase(_ tensor: Tensor<Int32>) -> AnyTensor { .int32(tensor) }
}

extension Int64: TensorElement {
    /// Its name in files.
    public static var elementType: ElementType { .int64 }
    /// Hides the element type of a tensor.
    public static func erase(_ tensor: Tensor<Int64>) -> AnyTensor { .int64(tensor) }
}

extension UInt8: TensorElement {
    /// Its name in files.
    public static var elementType: ElementType { .uint8 }
    /// Hides the element type of a tensor.
    public static func erase(_ tensor: Tensor<UInt8>) -> AnyTensor { .uint8(tensor) }
}
