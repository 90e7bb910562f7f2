/// A stream that keeps the checksum of what went through it.
final class ChecksumStream: ByteStream {
    private let input: any ByteStream
    private(set) var checksum: UInt32 = 0

    var name: String { input.name }
    var bound: Int { input.bound }

    init(_ input: any ByteStream) { self.input = input }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let got = try input.read(into: buffer)
        checksum = Checksum.crc32(UnsafeRawBufferPointer(rebasing: buffer[..<got]), following: checksum)
        return got
    }
}

extension ZipDirectory.Entry {
    /// The bytes of this entry, unpacked.
    ///
    /// - Throws: ``FormatError`` if it claims more bytes than the compressed ones can hold.
    func stream(of source: ByteSource) throws -> ChecksumStream {
        let compressed = SourceStream(source, range: range)
        let stream = ChecksumStream(
            method == .stored ? compressed : try InflateStream(compressed, framing: .raw, format: ".npz"))
        guard size <= stream.bound else {
            let array = name.hasSuffix(".npy") ? String(name.dropLast(4)) : name
            throw FormatError(
                .malformed, format: ".npz", source: source.name,
                "the array '\(array)' claims \(size) bytes, which \(compressedSize) cannot hold")
        }
        return stream
    }
}
