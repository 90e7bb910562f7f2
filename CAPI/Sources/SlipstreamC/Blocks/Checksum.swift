import Buffers

/// The checksum of saved states: CRC-64 with the polynomial of ECMA-182, bits reflected, as in xz.
///
/// A change within 64 neighbouring bits never goes unnoticed, any other one once in 2⁶⁴. Long blocks are summed in pieces at
/// the same time: the checksum is that of the pieces' checksums.
enum Checksum {
    private static let piece = 1 << 20

    /// Eight tables, so that eight bytes are taken in at once: table k is for a byte with k more behind it.
    private static let tables: [UInt64] = {
        var tables = [UInt64](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var sum = UInt64(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xC96C_5795_D787_0F42 : sum >> 1 }
            tables[byte] = sum
        }
        for index in 256..<8 * 256 {
            let before = tables[index - 256]
            tables[index] = (before >> 8) ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    /// The checksum of a block.
    static func of(_ bytes: UnsafeRawBufferPointer, workers: Workers) -> UInt64 {
        let pieces = (bytes.count + piece - 1) / piece
        var sums = [UInt64](repeating: 0, count: pieces)
        sums.withUnsafeMutableBufferPointer { sums in
            // Every piece has a place of its own.
            nonisolated(unsafe) let sums = sums
            workers.split(pieces) { range, _ in
                for index in range {
                    let start = index * piece
                    sums[index] = crc(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + piece, bytes.count)]))
                }
            }
        }
        return sums.withUnsafeBytes(crc)
    }

    private static func crc(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        tables.withUnsafeBufferPointer { table in
            var sum = ~UInt64(0)
            var offset = 0
            while offset + 8 <= bytes.count {
                let word = sum ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                sum = 0
                for k in 0..<8 { sum ^= table[(7 - k) << 8 | Int((word >> (8 * UInt64(k))) & 0xFF)] }
                offset += 8
            }
            while offset < bytes.count {
                sum = (sum >> 8) ^ table[Int((sum ^ UInt64(bytes[offset])) & 0xFF)]
                offset += 1
            }
            return ~sum
        }
    }
}
