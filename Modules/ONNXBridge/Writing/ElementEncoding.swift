import Buffers

/// Floating-point numbers as the bytes of an ONNX element type.
enum ElementEncoding {
    /// Encodes numbers, rounding to the nearest and ties to even; `nil` for a type that is not floating point.
    static func encode<Element: Scalar>(_ values: UnsafeBufferPointer<Element>, as type: ONNXDataType) -> [UInt8]? {
        switch type {
        case .float: pack(values) { Float($0).bitPattern }
        case .double: pack(values) { Double($0).bitPattern }
        case .float16: pack(values) { half($0).bitPattern }
        case .bfloat16: pack(values) { brain(Double($0)) }
        default: nil
        }
    }

    private static func pack<Element: Scalar, Bits: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Element>, _ bits: (Element) -> Bits
    ) -> [UInt8] {
        let size = MemoryLayout<Bits>.size
        return [UInt8](unsafeUninitializedCapacity: values.count * size) { buffer, count in
            let memory = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: values.count * size)
            for (index, value) in values.enumerated() {
                memory.storeBytes(of: bits(value).littleEndian, toByteOffset: index * size, as: Bits.self)
            }
            count = values.count * size
        }
    }

    private static func half<Element: Scalar>(_ value: Element) -> Float16 { Float16(Double(value)) }

    /// The nearest bfloat16, straight from 64 bits: by way of 32 bits it would be rounded twice.
    private static func brain(_ value: Double) -> UInt16 {
        guard !value.isNaN else { return 0x7FC0 }
        // Rounding to odd keeps in the last bit whether anything was cut off, so the second rounding sees it.
        var single = Float(value)
        if single.isInfinite, value.isFinite {
            single = value < 0 ? -.greatestFiniteMagnitude : .greatestFiniteMagnitude
        }
        var bits = single.bitPattern
        if Double(single) != value {
            if abs(Double(single)) > abs(value) { bits -= 1 }
            bits |= 1
        }
        // Exponent overflow carries into infinity, as rounding should.
        return UInt16(truncatingIfNeeded: (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
    }
}
