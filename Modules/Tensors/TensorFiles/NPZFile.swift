/// An `.npz` file that is read in pieces, its arrays stored or deflated; those of every type are copied.
///
/// Checksums are verified as arrays are read. What is written is stored, not deflated: weights hardly shrink.
public final class NPZFile: TensorFile {
    public let path: String
    public let tensors: [StoredTensor]
    private let source: ByteSource
    private let entries: [ZipDirectory.Entry]
    private let headerLengths: [Int]

    /// Opens a file and reads its directory and the arrays' headers.
    ///
    /// - Throws: ``FileError`` if it cannot be read; ``FormatError`` if it is no zip archive, is cut off or damaged, or an
    ///   array has another number of bytes than its header says.
    public init(contentsOf path: String) throws {
        let source = try ByteSource(path: path)
        self.path = path
        self.source = source
        entries = try ZipDirectory(source).entries
        var tensors: [StoredTensor] = []
        var headerLengths: [Int] = []
        var names: Set<String> = []
        for entry in entries {
            let (tensor, headerLength) = try Self.describe(entry, source)
            guard names.insert(tensor.name).inserted else {
                throw FormatError(.malformed, format: ".npz", source: path, "two arrays are named '\(tensor.name)'")
            }
            tensors.append(tensor)
            headerLengths.append(headerLength)
        }
        self.tensors = tensors
        self.headerLengths = headerLengths
    }

    /// What an entry holds, and how many bytes come before its elements.
    private static func describe(
        _ entry: ZipDirectory.Entry, _ source: ByteSource
    ) throws -> (tensor: StoredTensor, headerLength: Int) {
        // Whatever else somebody put into the archive is copied.
        guard entry.name.hasSuffix(".npy") else {
            let tensor = StoredTensor(
                name: entry.name, typeName: "bytes", numbers: .other, shape: [entry.size], byteCount: entry.size)
            return (tensor, 0)
        }
        let label = "\(source.name):\(entry.name)"
        let stream = try entry.stream(of: source)
        let (header, length) = try NPYDescription.read(stream, format: ".npz", source: label)
        let size = entry.size - length
        // Objects are pickled, so that nothing tells their size; it is that of the entry.
        let (bytes, overflow) = Shape.count(header.shape).multipliedReportingOverflow(by: header.stride ?? 0)
        guard size >= 0, header.stride == nil || (!overflow && bytes == size) else {
            throw FormatError(
                !overflow && bytes < size ? .malformed : .truncated, format: ".npz", source: label,
                "\(max(0, size)) bytes follow the header, which do not fill \(Shape.describe(header.shape)) elements of "
                    + header.dtype)
        }
        let tensor = StoredTensor(
            name: String(entry.name.dropLast(4)), typeName: header.dtype, numbers: numbers(header.dtype),
            shape: header.shape, isColumnMajor: header.isFortranOrder && header.shape.count > 1, byteCount: size)
        return (tensor, length)
    }

    private static func numbers(_ dtype: String) -> StoredTensor.Numbers {
        switch dtype {
        case "<f2": return .float16
        case "<f4": return .float32
        case "<f8": return .float64
        default:
            // Two bytes of no known kind are how NumPy saves ml_dtypes' bfloat16.
            let name = dtype.drop { "<>|=".contains($0) }
            return name == "V2" || ["f", "c"].contains(name.first) ? .foreign : .other
        }
    }

    public func reader(of index: Int) throws -> any ElementReader {
        try EntryReader(entries[index], source, skipping: headerLengths[index])
    }

    public func writeCopy(
        to path: String, replacing replaced: Set<Int>,
        elements: (_ index: Int, _ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        try AtomicFile.write(to: path) { file in
            var writer = ZipWriter(file)
            let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
            defer { chunk.deallocate() }
            for (index, entry) in entries.enumerated() {
                let isReplaced = replaced.contains(index)
                try writer.add(entry.name, size: entry.size) { write in
                    let reader = try EntryReader(entry, source, skipping: 0)
                    let end = isReplaced ? headerLengths[index] : entry.size
                    for start in stride(from: 0, to: end, by: chunk.count) {
                        let piece = UnsafeMutableRawBufferPointer(rebasing: chunk[..<min(chunk.count, end - start)])
                        try reader.read(at: start, into: piece)
                        try write(UnsafeRawBufferPointer(piece))
                    }
                    guard isReplaced else { return try reader.finish() }
                    try withoutActuallyEscaping(write) { try elements(index, $0) }
                }
            }
            try writer.finish()
        }
    }
}

/// The bytes of an archive's entry, from the first to the last.
private final class EntryReader: ElementReader {
    private let entry: ZipDirectory.Entry
    private let name: String
    private let stream: ChecksumStream
    private let start: Int
    private var position: Int

    /// - Parameter headerLength: how many bytes come before those that offsets are counted from.
    init(_ entry: ZipDirectory.Entry, _ source: ByteSource, skipping headerLength: Int) throws {
        self.entry = entry
        name = source.name
        stream = try entry.stream(of: source)
        start = headerLength
        position = headerLength
        guard try stream.bytes(headerLength).count == headerLength else { throw truncated() }
    }

    var isRandomAccess: Bool { false }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        precondition(start + offset == position, "an entry is read from the first byte to the last")
        guard try stream.read(into: buffer) == buffer.count else { throw truncated() }
        position += buffer.count
    }

    func finish() throws {
        guard position == entry.size, try stream.isAtEnd() else {
            throw failure(.malformed, "the array is longer than the \(entry.size) bytes that it claims")
        }
        guard stream.checksum == entry.checksum else { throw failure(.corrupted, "its checksum is wrong") }
    }

    private func truncated() -> FormatError {
        failure(.truncated, "it has fewer than the \(entry.size) bytes it claims")
    }

    private func failure(_ kind: FormatError.Kind, _ detail: String) -> FormatError {
        FormatError(kind, format: ".npz", source: "\(name):\(entry.name)", detail)
    }
}
