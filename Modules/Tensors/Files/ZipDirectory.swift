/// The list of a zip archive's entries, zip64 included.
///
/// Format: PKWARE, *.ZIP File Format Specification* 6.3.10, sections 4.3 to 4.5.
struct ZipDirectory {
    /// How an entry is stored.
    enum Method: UInt64 {
        case stored = 0
        case deflated = 8
    }

    /// One file inside the archive.
    struct Entry {
        var name: String
        var method: Method
        var checksum: UInt32
        var compressedSize: Int
        var size: Int
        /// Where its bytes lie in the archive.
        var range: Range<Int>
    }

    let entries: [Entry]
    private let source: ByteSource

    init(_ source: ByteSource) throws {
        self.source = source
        let location = try Self.locate(source)
        guard let directory = try source.bytes(at: location.offset, count: location.size) else {
            throw Self.failure(source, .malformed, "its directory lies outside the file")
        }
        // An entry takes 46 bytes or more.
        guard location.count <= directory.count / 46 else {
            throw Self.failure(
                source, .malformed, "its directory of \(directory.count) bytes is too small for its entries")
        }
        var entries: [Entry] = []
        var names: Set<String> = []
        var rest = directory[...]
        for _ in 0..<location.count {
            let entry = try Self.entry(&rest, source, dataEnd: location.offset)
            guard names.insert(entry.name).inserted else {
                throw Self.failure(source, .malformed, "two entries are named '\(entry.name)'")
            }
            entries.append(entry)
        }
        self.entries = entries
    }

    /// Finds the directory: its place is written at the archive's end, before a comment of unknown length.
    private static func locate(_ source: ByteSource) throws -> (offset: Int, size: Int, count: Int) {
        let tailSize = min(source.count, 22 + 0xffff)
        let tailStart = source.count - tailSize
        guard tailSize >= 22, let tail = try source.bytes(at: tailStart, count: tailSize) else {
            throw failure(source, .truncated, "\(source.count) bytes are no zip archive")
        }
        let candidates = stride(from: tailSize - 22, through: 0, by: -1)
        guard
            let end = candidates.first(where: {
                tail.littleEndian(at: $0, size: 4) == 0x0605_4b50
                    && $0 + 22 + Int(tail.littleEndian(at: $0 + 20, size: 2)) == tailSize
            })
        else { throw failure(source, .truncated, "the directory at the end of a zip archive is missing") }
        var count = tail.littleEndian(at: end + 10, size: 2)
        var size = tail.littleEndian(at: end + 12, size: 4)
        var offset = tail.littleEndian(at: end + 16, size: 4)
        if count == 0xffff || size == 0xffff_ffff || offset == 0xffff_ffff {
            guard let locator = try source.bytes(at: tailStart + end - 20, count: 20),
                locator.littleEndian(at: 0, size: 4) == 0x0706_4b50,
                let start = Int(exactly: locator.littleEndian(at: 8, size: 8)),
                let record = try source.bytes(at: start, count: 56),
                record.littleEndian(at: 0, size: 4) == 0x0606_4b50
            else { throw failure(source, .malformed, "its zip64 end record is missing") }
            count = record.littleEndian(at: 32, size: 8)
            size = record.littleEndian(at: 40, size: 8)
            offset = record.littleEndian(at: 48, size: 8)
        }
        guard let count = Int(exactly: count), let size = Int(exactly: size), let offset = Int(exactly: offset) else {
            throw failure(source, .malformed, "its directory has an impossible size")
        }
        return (offset, size, count)
    }

    private static func entry(_ rest: inout ArraySlice<UInt8>, _ source: ByteSource, dataEnd: Int) throws -> Entry {
        guard rest.count >= 46, rest.littleEndian(at: 0, size: 4) == 0x0201_4b50 else {
            throw failure(source, .malformed, "its directory makes no sense")
        }
        let nameLength = Int(rest.littleEndian(at: 28, size: 2))
        let extraLength = Int(rest.littleEndian(at: 30, size: 2))
        let length = 46 + nameLength + extraLength + Int(rest.littleEndian(at: 32, size: 2))
        guard rest.count >= length else { throw failure(source, .malformed, "its directory is cut off") }
        let name = String(decoding: rest.dropFirst(46).prefix(nameLength), as: UTF8.self)
        let extra = rest.dropFirst(46 + nameLength).prefix(extraLength)
        guard rest.littleEndian(at: 8, size: 2) & 1 == 0 else {
            throw failure(source, .unsupported, "the entry '\(name)' is encrypted")
        }
        let methodNumber = rest.littleEndian(at: 10, size: 2)
        guard let method = Method(rawValue: methodNumber) else {
            throw failure(
                source, .unsupported,
                "the entry '\(name)' is compressed by method \(methodNumber); read here: 0 (stored) and 8 (deflate)")
        }
        var large = Zip64Field(extra)
        guard let size = large.value(rest.littleEndian(at: 24, size: 4)),
            let compressedSize = large.value(rest.littleEndian(at: 20, size: 4)),
            let offset = large.value(rest.littleEndian(at: 42, size: 4))
        else { throw failure(source, .malformed, "the entry '\(name)' has an impossible size") }
        let checksum = UInt32(rest.littleEndian(at: 16, size: 4))
        rest = rest.dropFirst(length)
        guard let local = try source.bytes(at: offset, count: 30), local.littleEndian(at: 0, size: 4) == 0x0403_4b50
        else { throw failure(source, .malformed, "the entry '\(name)' is not where the directory says") }
        let start =
            offset + 30 + Int(local.littleEndian(at: 26, size: 2)) + Int(local.littleEndian(at: 28, size: 2))
        guard start <= dataEnd, compressedSize <= dataEnd - start else {
            throw failure(source, .malformed, "the entry '\(name)' reaches into the directory")
        }
        return Entry(
            name: name, method: method, checksum: checksum, compressedSize: compressedSize, size: size,
            range: start..<start + compressedSize)
    }

    private static func failure(_ source: ByteSource, _ kind: FormatError.Kind, _ detail: String) -> FormatError {
        FormatError(kind, format: ".npz", source: source.name, detail)
    }
}

/// The zip64 extra field: numbers that do not fit 32 bits, in the order in which they are needed.
private struct Zip64Field {
    private var numbers: ArraySlice<UInt8> = []

    init(_ extra: ArraySlice<UInt8>) {
        var rest = extra
        while rest.count >= 4 {
            let length = Int(rest.littleEndian(at: 2, size: 2))
            if rest.littleEndian(at: 0, size: 2) == 1 { numbers = rest.dropFirst(4).prefix(length) }
            rest = rest.dropFirst(4 + length)
        }
    }

    /// A number of the directory, or the next of this field where the directory has no room for it.
    mutating func value(_ number: UInt64) -> Int? {
        guard number == 0xffff_ffff else { return Int(exactly: number) }
        guard numbers.count >= 8 else { return nil }
        defer { numbers = numbers.dropFirst(8) }
        return Int(exactly: numbers.littleEndian(at: 0, size: 8))
    }
}
