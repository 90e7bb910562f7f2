import Buffers

/// Floating-point numbers as the bytes of an ONNX element type.
enum ElementEncoding {
    /// Encodes numbers, rounding to the nearest and ties to even; `nil` for a type that is not floating point.
    static func encode<Element: Scalar>(_ values: UnsafeBufferPointer<Element>, as type: ONNXDataType) -> [UInt8]? {
        // Generic arithmetic across modules is not specialised, and slower than this by two orders of magnitude.
        if let floats = values as? UnsafeBufferPointer<Float> { return encode(floats: floats, as: type) }
        if let doubles = values as? UnsafeBufferPointer<Double> { return encode(doubles: doubles, as: type) }
        return values.map(Double.init).withUnsafeBufferPointer { encode(doubles: $0, as: type) }
    }

    private static func encode(floats values: UnsafeBufferPointer<Float>, as type: ONNXDataType) -> [UInt8]? {
        switch type {
        case .float: pack(values) { $0.bitPattern }
        case .double: pack(values) { Double($0).bitPattern }
        case .float16: pack(values) { Float16($0).bitPattern }
        case .bfloat16: pack(values) { brain($0.bitPattern, $0.isNaN) }
        default: nil
        }
    }

    private static func encode(doubles values: UnsafeBufferPointer<Double>, as type: ONNXDataType) -> [UInt8]? {
        switch type {
        case .float: pack(values) { Float($0).bitPattern }
        case .double: pack(values) { $0.bitPattern }
        case .float16: pack(values) { Float16($0).bitPattern }
        case .bfloat16: pack(values) { brain(roundedToOdd($0).bitPattern, $0.isNaN) }
        default: nil
        }
    }

    private static func pack<Element, Bits: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Element>, _ bits: (Element) -> Bits
    ) -> [UInt8] {
        let size = MemoryLayout<Bits>.size
        return [UInt8](unsafeUninitializedCapacity: values.count * size) { buffer, count in
            let memory = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: values.count * size)
            for index in 0..<values.count {
                memory.storeBytes(of: bits(values[index]).littleEndian, toByteOffset: index * size, as: Bits.self)
            }
            count = values.count * size
        }
    }

    /// The nearest bfloat16 of a 32-bit number; a mantissa that overflows carries into the exponent, as it should.
    private static func brain(_ bits: UInt32, _ isNaN: Bool) -> UInt16 {
        isNaN ? 0x7FC0 : UInt16(truncatingIfNeeded: (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
    }

    /// The neighbour of a number among the 32-bit ones whose last bit is odd, unless it is one itself.
    ///
    /// Its last bit tells that something was cut off, so rounding it once more is not rounding twice.
    private static func roundedToOdd(_ value: Double) -> Float {
        guard value.isFinite else { return Float(value) }
        let nearest = min(max(Float(value), -Float.greatestFiniteMagnitude), .greatestFiniteMagnitude)
        guard Double(nearest) != value else { return nearest }
        let towardZero = abs(Double(nearest)) > abs(value) ? nearest.bitPattern - 1 : nearest.bitPattern
        return Float(bitPattern: towardZero | 1)
    }
}
