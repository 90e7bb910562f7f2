import Foundation

/// NumPy's `.npz` files: named arrays in a zip archive.
///
/// Arrays may be stored or deflated; each is read when it is asked for, and its checksum verified.
public struct NPZ: Sendable {
    /// The arrays' names, in the archive's order.
    public let names: [String]
    private let entries: [String: ZipDirectory.Entry]
    private let source: ByteSource

    /// Opens a file and reads its directory.
    ///
    /// - Throws: ``FileError`` if it cannot be read, ``FormatError`` if it is no zip archive, is cut off or damaged.
    public init(contentsOf path: String) throws { try self.init(ByteSource(path: path)) }

    /// Opens an archive in memory; see ``init(contentsOf:)``.
    public init(_ data: Data) throws { try self.init(ByteSource(data)) }

    private init(_ source: ByteSource) throws {
        let named = try ZipDirectory(source).entries.map { entry in
            (entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name, entry)
        }
        self.source = source
        names = named.map(\.0)
        entries = Dictionary(named) { first, _ in first }
    }

    /// Reads an array.
    ///
    /// - Throws: ``FormatError`` if there is none of this name, or if it is cut off, damaged, or holds other bytes than
    ///   its own header says; `AllocationError` if it does not fit memory. Memory is taken only for what both the
    ///   archive and the array's header claim and the compressed bytes can hold.
    public func array(_ name: String) throws -> AnyTensor {
        guard let entry = entries[name] else {
            throw failure(.missing, "it holds no array '\(name)'; it holds: \(names.joined(separator: ", "))")
        }
        let stream = try entry.stream(of: source)
        let tensor = try NPY.read(stream, size: entry.size, format: ".npz", source: "\(source.name):\(entry.name)")
        guard try stream.isAtEnd() else {
            throw failure(.malformed, "the array '\(name)' is longer than the \(entry.size) bytes that it claims")
        }
        guard stream.checksum == entry.checksum else {
            throw failure(.corrupted, "the checksum of the array '\(name)' is wrong")
        }
        return tensor
    }

    /// Writes arrays, stored, in the given order. The file appears complete or not at all.
    ///
    /// - Throws: ``FormatError`` if a name is empty, too long or occurs twice; ``FileError`` if the system refuses.
    public static func write(_ arrays: [(name: String, array: AnyTensor)], to path: String) throws {
        var names: Set<String> = []
        for (name, _) in arrays {
            guard !name.isEmpty, name.utf8.count < 0xfff0, names.insert(name).inserted else {
                throw FormatError(
                    .malformed, format: ".npz", source: path, "the name '\(name)' is empty, too long or occurs twice")
            }
        }
        try AtomicFile.write(to: path) { file in
            var writer = ZipWriter(file)
            for (name, array) in arrays {
                let header = NPYHeader(elementType: array.elementType, shape: array.shape).encoded
                try header.withUnsafeBytes { header in
                    try array.withBytes { try writer.add(name + ".npy", [header, $0]) }
                }
            }
            try writer.finish()
        }
    }

    private func failure(_ kind: FormatError.Kind, _ detail: String) -> FormatError {
        FormatError(kind, format: ".npz", source: source.name, detail)
    }
}
