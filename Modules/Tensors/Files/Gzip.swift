import Foundation

/// Reading of gzip files (RFC 1952).
public enum Gzip {
    /// Unpacks a file, all of its members.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - limit: the most bytes that it may unpack to; a few bytes can stand for a thousand times as many.
    /// - Throws: ``FileError`` if it cannot be read; ``FormatError`` if it is cut off or damaged, is not gzip, or
    ///   unpacks to more than `limit` bytes.
    public static func decompress(contentsOf path: String, limit: Int) throws -> Data {
        try decompress(ByteSource(path: path), limit: limit)
    }

    /// Unpacks data in memory, all of its members; see ``decompress(contentsOf:limit:)``.
    public static func decompress(_ data: Data, limit: Int) throws -> Data {
        try decompress(ByteSource(data), limit: limit)
    }

    private static func decompress(_ source: ByteSource, limit: Int) throws -> Data {
        let stream = try InflateStream(SourceStream(source), framing: .gzip, format: "gzip")
        var result = Data()
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = try chunk.withUnsafeMutableBytes { try stream.read(into: $0) }
            guard got > 0 else { return result }
            guard got <= limit - result.count else {
                throw FormatError(
                    .unsupported, format: "gzip", source: source.name,
                    "it unpacks to more than the \(limit) bytes allowed")
            }
            result.append(contentsOf: chunk[..<got])
        }
    }

    /// The bytes of a file, unpacked if it begins as gzip does, whatever its name is.
    package static func stream(of path: String) throws -> any ByteStream {
        let source = try ByteSource(path: path)
        guard try source.bytes(at: 0, count: 2) == [0x1f, 0x8b] else { return SourceStream(source) }
        return try InflateStream(SourceStream(source), framing: .gzip, format: "gzip")
    }
}
