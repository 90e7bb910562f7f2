import Foundation

/// NumPy's `.npy` files: one array each.
///
/// Versions 1.0, 2.0 and 3.0 are read, with little-endian elements of type `f4`, `f8`, `i4`, `i8` and `u1`, in C or
/// Fortran order. What is written is, byte for byte, what NumPy writes for the same array.
public enum NPY {
    /// Reads a file.
    ///
    /// - Throws: ``FileError`` if it cannot be read; ``FormatError`` if it is no `.npy` file, is cut off, is longer than
    ///   its header says, or holds elements of another type; `AllocationError` if the array does not fit memory.
    public static func read(contentsOf path: String) throws -> AnyTensor { try read(ByteSource(path: path)) }

    /// Reads an array from data in memory; see ``read(contentsOf:)``.
    public static func read(_ data: Data) throws -> AnyTensor { try read(ByteSource(data)) }

    /// Writes a file, which appears complete or not at all.
    ///
    /// - Throws: ``FileError`` if the system refuses.
    public static func write(_ tensor: AnyTensor, to path: String) throws {
        try AtomicFile.write(to: path) { file in
            try file.write(NPYHeader(elementType: tensor.elementType, shape: tensor.shape).encoded)
            try tensor.withBytes { try file.write($0) }
        }
    }

    /// Writes a file, which appears complete or not at all.
    ///
    /// - Throws: ``FileError`` if the system refuses.
    public static func write<Element>(_ tensor: Tensor<Element>, to path: String) throws {
        try write(tensor.erased, to: path)
    }

    /// The bytes of a file.
    public static func data(of tensor: AnyTensor) -> Data {
        var data = Data(NPYHeader(elementType: tensor.elementType, shape: tensor.shape).encoded)
        tensor.withBytes { data.append(contentsOf: $0) }
        return data
    }

    private static func read(_ source: ByteSource) throws -> AnyTensor {
        try read(SourceStream(source), size: source.count, format: ".npy", source: source.name)
    }

    /// Reads an array from a stream that holds nothing else.
    ///
    /// - Parameter size: the number of bytes that the stream is known, or claims, to hold. Memory is taken only where
    ///   the header agrees with it.
    static func read(_ stream: any ByteStream, size: Int, format: String, source: String) throws -> AnyTensor {
        let (header, length) = try NPYHeader.read(stream, format: format, source: source)
        let described = "\(Shape.describe(header.shape)) elements of \(header.elementType.rawValue)"
        guard header.byteCount == size - length else {
            throw FormatError(
                header.byteCount > size - length ? .truncated : .malformed, format: format, source: source,
                "\(size - length) bytes follow the header, where \(described) take \(header.byteCount)")
        }
        let stored = header.isFortranOrder ? header.shape.reversed() : header.shape
        let tensor = try AnyTensor(header.elementType, shape: stored) { buffer in
            let got = try stream.read(into: buffer)
            guard got == buffer.count else {
                throw FormatError(
                    .truncated, format: format, source: source, "it has \(got) of \(buffer.count) bytes of elements")
            }
        }
        return header.isFortranOrder ? try tensor.transposed() : tensor
    }
}
