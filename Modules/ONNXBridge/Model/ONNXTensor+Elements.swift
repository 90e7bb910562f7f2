import Buffers
import CONNXProto

extension ONNXTensor {
    /// The elements as floating-point numbers; of `float`, `double`, `float16` and `bfloat16` tensors.
    ///
    /// - Throws: ``ONNXError`` `unsupportedElements` for other types, `externalData` if a file cannot be read.
    public func elements<Element: Scalar>(as type: Element.Type) throws(ONNXError) -> [Element] {
        try requireElements()
        var failure: ONNXError?
        let result = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(ONNXError) {
                // The memory is the caller's by contract; trivial types need no initialisation before they are set.
                try copy(into: UnsafeMutableBufferPointer(start: buffer.baseAddress, count: count))
                initialized = count
            } catch { failure = error }
        }
        if let failure { throw failure }
        return result
    }

    /// Copies the elements as floating-point numbers into memory that holds as many.
    ///
    /// - Parameter destination: memory of exactly ``count`` elements.
    /// - Throws: as ``elements(as:)``, and `invalidEdit` for memory of another size.
    public func copy<Element: Scalar>(into destination: UnsafeMutableBufferPointer<Element>) throws(ONNXError) {
        guard destination.count == count else {
            throw .invalidEdit(reason: "tensor '\(name)' has \(count) elements, not \(destination.count)")
        }
        guard dataType.isTrainable else {
            throw .unsupportedElements(tensor: name, type: dataType.description, wanted: "floating point")
        }
        if (dataType == .float && Element.self == Float.self) || (dataType == .double && Element.self == Double.self) {
            try read(into: UnsafeMutableRawBufferPointer(destination))
            return
        }
        let bytes = try bytes()
        bytes.withUnsafeBytes { source in
            // Generic arithmetic across modules is not specialised, and slower than this by two orders of magnitude.
            if let floats = destination as? UnsafeMutableBufferPointer<Float> {
                Self.convert(source, dataType, to: floats) { Float($0) }
            } else if let doubles = destination as? UnsafeMutableBufferPointer<Double> {
                Self.convert(source, dataType, to: doubles) { $0 }
            } else {
                Self.convert(source, dataType, to: destination) { Element($0) }
            }
        }
    }

    private static func convert<Element>(
        _ source: UnsafeRawBufferPointer, _ type: ONNXDataType, to destination: UnsafeMutableBufferPointer<Element>,
        _ element: (Double) -> Element
    ) {
        func load<Bits: BitwiseCopyable>(_ number: (Bits) -> Double) {
            for index in 0..<destination.count {
                let bits = source.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.stride, as: Bits.self)
                destination[index] = element(number(bits))
            }
        }
        switch type {
        case .float: load { (bits: Float) in Double(bits) }
        case .double: load { (bits: Double) in bits }
        case .float16: load { (bits: UInt16) in Double(Float16(bitPattern: bits)) }
        default: load { (bits: UInt16) in Double(Float(bitPattern: UInt32(bits) << 16)) }
        }
    }

    /// The elements as integers; of integer and truth-value tensors up to 64 bits.
    ///
    /// - Throws: ``ONNXError`` `unsupportedElements` for other types and for numbers beyond 2^63 - 1, `externalData` if
    ///   a file cannot be read.
    public func integers() throws(ONNXError) -> [Int64] {
        let fault = ONNXError.unsupportedElements(tensor: name, type: dataType.description, wanted: "integers")
        guard dataType.isInteger else { throw fault }
        let bytes = try bytes()
        let result: [Int64]? = bytes.withUnsafeBytes { source in
            func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> [Int64]? {
                var result: [Int64] = []
                result.reserveCapacity(count)
                for index in 0..<count {
                    let value = source.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.stride, as: type)
                    guard let exact = Int64(exactly: value) else { return nil }
                    result.append(exact)
                }
                return result
            }
            switch dataType {
            case .int64: return load(Int64.self)
            case .int32: return load(Int32.self)
            case .int16: return load(Int16.self)
            case .int8: return load(Int8.self)
            case .uint64: return load(UInt64.self)
            case .uint32: return load(UInt32.self)
            case .uint16: return load(UInt16.self)
            case .uint8: return load(UInt8.self)
            default: return load(UInt8.self)?.map { $0 == 0 ? 0 : 1 }
            }
        }
        guard let result else { throw fault }
        return result
    }

    /// Checks that the elements are there.
    ///
    /// - Throws: ``ONNXError`` `externalData` if they lie in a file that cannot be used; before memory is asked for, as much
    ///   as the shape says.
    func requireElements() throws(ONNXError) { if case .missing(let fault) = storage { throw fault } }

    /// The elements as little-endian bytes without gaps.
    private func bytes() throws(ONNXError) -> [UInt8] {
        try requireElements()
        var failure: ONNXError?
        let result = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
            do throws(ONNXError) {
                try read(into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: byteCount))
                initialized = byteCount
            } catch { failure = error }
        }
        if let failure { throw failure }
        return result
    }

    /// Copies the elements' bytes into memory of ``byteCount`` bytes; the elements are whole bytes each.
    private func read(into memory: UnsafeMutableRawBufferPointer) throws(ONNXError) {
        guard byteCount > 0 else { return }
        let proto = message.pointee
        switch storage {
        case .missing(let fault): throw fault
        case .external(let data): try data.read(into: memory, tensor: name)
        case .raw: memory.copyMemory(from: rawData)
        case .typed(WireNumber.Tensor.floatData):
            memory.copyMemory(from: UnsafeRawBufferPointer(start: proto.float_data, count: byteCount))
        case .typed(WireNumber.Tensor.doubleData):
            memory.copyMemory(from: UnsafeRawBufferPointer(start: proto.double_data, count: byteCount))
        case .typed(WireNumber.Tensor.int64Data):
            memory.copyMemory(from: UnsafeRawBufferPointer(start: proto.int64_data, count: byteCount))
        case .typed(WireNumber.Tensor.uint64Data):
            for (index, value) in UnsafeBufferPointer(start: proto.uint64_data, count: count).enumerated() {
                if dataType == .uint64 {
                    memory.storeBytes(of: value, toByteOffset: 8 * index, as: UInt64.self)
                } else {
                    memory.storeBytes(of: UInt32(truncatingIfNeeded: value), toByteOffset: 4 * index, as: UInt32.self)
                }
            }
        case .typed:
            let stride = byteCount / count
            for (index, value) in UnsafeBufferPointer(start: proto.int32_data, count: count).enumerated() {
                withUnsafeBytes(of: value) { bytes in
                    for byte in 0..<stride { memory[index * stride + byte] = bytes[byte] }
                }
            }
        }
    }
}
