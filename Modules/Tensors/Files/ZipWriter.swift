import CZlib
import Foundation

/// Writes a zip archive of stored entries.
///
/// Every size stands in its zip64 field: one way for archives of all sizes, the small ones of the tests included.
/// Dates are 1980-01-01, so that the same arrays give the same bytes.
struct ZipWriter {
    private let file: AtomicFile.Handle
    private var directory = Data()
    private var count = 0

    init(_ file: AtomicFile.Handle) { self.file = file }

    /// Appends an entry of some pieces of memory, one after the other.
    mutating func add(_ name: String, _ pieces: [UnsafeRawBufferPointer]) throws {
        let checksum = pieces.reduce(UInt32(0)) { Checksum.crc32($1, following: $0) }
        try add(name, size: pieces.reduce(0) { $0 + $1.count }, checksum: checksum) { write in
            for piece in pieces { try write(piece) }
        }
    }

    /// Appends an entry that is written piece by piece.
    ///
    /// - Parameters:
    ///   - name: the entry's name.
    ///   - size: the number of bytes that `body` writes.
    ///   - known: their checksum; without it the file must be one that can go back.
    ///   - body: hands on the bytes, from the first to the last.
    mutating func add(
        _ name: String, size: Int, checksum known: UInt32? = nil,
        _ body: (_ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        let offset = file.count
        var local = Data()
        local.append(0x0403_4b50, size: 4)
        local += Self.common(name, checksum: known ?? 0)
        local.append(20, size: 2)
        local += Data(name.utf8)
        local.appendZip64Field([size, size])
        try file.write(local)
        var checksum = known ?? 0
        try body { piece in
            if known == nil { checksum = Checksum.crc32(piece, following: checksum) }
            try file.append(piece)
        }
        precondition(file.count - offset - local.count == size, "an entry of another size than was announced")
        if known == nil {
            // The checksum stands before the bytes that it is known after.
            var field = Data()
            field.append(UInt64(checksum), size: 4)
            try file.overwrite(field, at: offset + 14)
        }

        directory.append(0x0201_4b50, size: 4)
        directory.append(45, size: 2)
        directory += Self.common(name, checksum: checksum)
        directory.append(28, size: 2)
        directory.append(0, size: 10)
        directory.append(0xffff_ffff, size: 4)
        directory += Data(name.utf8)
        directory.appendZip64Field([size, size, offset])
        count += 1
    }

    /// What an entry's own header and its line in the directory have in common.
    private static func common(_ name: String, checksum: UInt32) -> Data {
        var common = Data()
        common.append(45, size: 2)
        common.append(1 << 11, size: 2)
        common.append(0, size: 2)
        common.append(0, size: 2)
        common.append(0x21, size: 2)
        common.append(UInt64(checksum), size: 4)
        common.append(0xffff_ffff, size: 4)
        common.append(0xffff_ffff, size: 4)
        common.append(UInt64(name.utf8.count), size: 2)
        return common
    }

    /// Appends the directory.
    func finish() throws {
        let start = file.count
        var end = directory
        end.append(0x0606_4b50, size: 4)
        end.append(44, size: 8)
        end.append(45, size: 2)
        end.append(45, size: 2)
        end.append(0, size: 8)
        end.append(UInt64(count), size: 8)
        end.append(UInt64(count), size: 8)
        end.append(UInt64(directory.count), size: 8)
        end.append(UInt64(start), size: 8)

        end.append(0x0706_4b50, size: 4)
        end.append(0, size: 4)
        end.append(UInt64(start + directory.count), size: 8)
        end.append(1, size: 4)

        end.append(0x0605_4b50, size: 4)
        end.append(0, size: 4)
        end.append(0xffff, size: 2)
        end.append(0xffff, size: 2)
        end.append(0xffff_ffff, size: 4)
        end.append(0xffff_ffff, size: 4)
        end.append(0, size: 2)
        try file.write(end)
    }
}

/// Checksums as zlib computes them.
enum Checksum {
    /// The CRC-32 of bytes that follow others whose checksum is known.
    static func crc32(_ bytes: UnsafeRawBufferPointer, following checksum: UInt32 = 0) -> UInt32 {
        guard let base = bytes.baseAddress else { return checksum }
        return UInt32(crc32_z(UInt(checksum), base.assumingMemoryBound(to: Bytef.self), bytes.count))
    }
}

extension Data {
    fileprivate mutating func append(_ value: UInt64, size: Int) {
        for byte in 0..<size { append(byte < 8 ? UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte))) : 0) }
    }

    fileprivate mutating func appendZip64Field(_ numbers: [Int]) {
        append(1, size: 2)
        append(UInt64(8 * numbers.count), size: 2)
        for number in numbers { append(UInt64(number), size: 8) }
    }
}
