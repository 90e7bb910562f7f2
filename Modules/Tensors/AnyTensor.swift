/// An element that another type cannot hold.
public struct ConversionError: Error, Equatable, CustomStringConvertible {
    /// The element's index in row-major order.
    public let index: Int
    /// The element, as text.
    public let value: String
    /// The type asked for.
    public let target: ElementType

    /// The element, where it is, and the type that cannot hold it.
    public var description: String { "element \(index) is \(value), which \(target.rawValue) cannot hold" }
}

/// A tensor whose element type is known only when the program runs: what a file holds.
public enum AnyTensor: Sendable, Equatable {
    /// 32-bit floating point.
    case float32(Tensor<Float>)
    /// 64-bit floating point.
    case float64(Tensor<Double>)
    /// Signed 32-bit integers.
    case int32(Tensor<Int32>)
    /// Signed 64-bit integers.
    case int64(Tensor<Int64>)
    /// Bytes.
    case uint8(Tensor<UInt8>)

    /// The dimensions, outermost first.
    public var shape: [Int] {
        switch self {
        case .float32(let tensor): tensor.shape
        case .float64(let tensor): tensor.shape
        case .int32(let tensor): tensor.shape
        case .int64(let tensor): tensor.shape
        case .uint8(let tensor): tensor.shape
        }
    }

    /// The number of elements.
    public var count: Int { Shape.count(shape) }

    /// The type of the elements.
    public var elementType: ElementType {
        switch self {
        case .float32: .float32
        case .float64: .float64
        case .int32: .int32
        case .int64: .int64
        case .uint8: .uint8
        }
    }

    /// The elements as `Float`, rounded to the nearest.
    ///
    /// - Throws: `AllocationError` if the result does not fit memory.
    public func float() throws -> Tensor<Float> {
        switch self {
        case .float32(let tensor): tensor
        case .float64(let tensor): try tensor.map { Float($0) }
        case .int32(let tensor): try tensor.map { Float($0) }
        case .int64(let tensor): try tensor.map { Float($0) }
        case .uint8(let tensor): try tensor.map { Float($0) }
        }
    }

    /// The elements as `Int64`, which must be exact.
    ///
    /// - Throws: ``ConversionError`` for an element that is not a whole number in range, `AllocationError` if the
    ///   result does not fit memory.
    public func int64() throws -> Tensor<Int64> {
        switch self {
        case .float32(let tensor): try Self.whole(tensor)
        case .float64(let tensor): try Self.whole(tensor)
        case .int32(let tensor): try tensor.map { Int64($0) }
        case .int64(let tensor): tensor
        case .uint8(let tensor): try tensor.map { Int64($0) }
        }
    }

    /// Reads the elements' bytes in place.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        switch self {
        case .float32(let tensor): try tensor.withElements { try body(UnsafeRawBufferPointer($0)) }
        case .float64(let tensor): try tensor.withElements { try body(UnsafeRawBufferPointer($0)) }
        case .int32(let tensor): try tensor.withElements { try body(UnsafeRawBufferPointer($0)) }
        case .int64(let tensor): try tensor.withElements { try body(UnsafeRawBufferPointer($0)) }
        case .uint8(let tensor): try tensor.withElements { try body(UnsafeRawBufferPointer($0)) }
        }
    }

    private static func whole<Element: BinaryFloatingPoint>(_ tensor: Tensor<Element>) throws -> Tensor<Int64> {
        var index = -1
        return try tensor.map { value in
            index += 1
            guard let whole = Int64(exactly: value) else {
                throw ConversionError(index: index, value: "\(value)", target: .int64)
            }
            return whole
        }
    }
}

extension AnyTensor {
    /// A tensor whose bytes `fill` writes.
    init(
        _ elementType: ElementType, shape: [Int], fill: (UnsafeMutableRawBufferPointer) throws -> Void
    ) throws {
        switch elementType {
        case .float32: self = .float32(try Tensor(shape: shape, fill: fill))
        case .float64: self = .float64(try Tensor(shape: shape, fill: fill))
        case .int32: self = .int32(try Tensor(shape: shape, fill: fill))
        case .int64: self = .int64(try Tensor(shape: shape, fill: fill))
        case .uint8: self = .uint8(try Tensor(shape: shape, fill: fill))
        }
    }

    /// The tensor with its axes in reverse order.
    func transposed() throws -> AnyTensor {
        switch self {
        case .float32(let tensor): .float32(try tensor.transposed())
        case .float64(let tensor): .float64(try tensor.transposed())
        case .int32(let tensor): .int32(try tensor.transposed())
        case .int64(let tensor): .int64(try tensor.transposed())
        case .uint8(let tensor): .uint8(try tensor.transposed())
        }
    }
}

extension Tensor {
    /// A tensor whose bytes `fill` writes.
    init(shape: [Int], fill: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
        try self.init(shape: shape)
        try withMutableElements { try fill(UnsafeMutableRawBufferPointer($0)) }
    }

    /// The same tensor with its element type hidden.
    public var erased: AnyTensor { Element.erase(self) }
}
