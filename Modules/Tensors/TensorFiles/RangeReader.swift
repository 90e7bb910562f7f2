/// Elements that lie in a file as they are: a range of its bytes.
package final class RangeReader: ElementReader {
    private let source: ByteSource
    private let range: Range<Int>
    private let missing: () -> any Error

    /// - Parameters:
    ///   - source: the file.
    ///   - range: the elements' bytes.
    ///   - missing: the error to throw where the file has become shorter than it was.
    package init(_ source: ByteSource, range: Range<Int>, missing: @escaping () -> any Error) {
        self.source = source
        self.range = range
        self.missing = missing
    }

    package var isRandomAccess: Bool { true }

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        guard offset >= 0, buffer.count <= range.count - offset,
            try source.read(at: range.lowerBound + offset, into: buffer) == buffer.count
        else { throw missing() }
    }

    package func finish() {}
}

extension ByteSource {
    /// Copies a part of a file, with something else in place of some ranges of it.
    ///
    /// - Parameters:
    ///   - part: what is copied.
    ///   - replaced: ranges within it that do not overlap, ascending.
    ///   - file: where the bytes go.
    ///   - missing: the error to throw where this file has become shorter.
    ///   - replacement: writes what comes instead of a range, by its index.
    package func copy(
        _ part: Range<Int>, replacing replaced: [Range<Int>], to file: AtomicFile.Handle, missing: () -> any Error,
        _ replacement: (_ index: Int) throws -> Void
    ) throws {
        var position = part.lowerBound
        for (index, range) in replaced.enumerated() {
            try copy(position..<range.lowerBound, to: file, missing)
            try replacement(index)
            position = range.upperBound
        }
        try copy(position..<part.upperBound, to: file, missing)
    }

    private func copy(_ range: Range<Int>, to file: AtomicFile.Handle, _ missing: () -> any Error) throws {
        guard !range.isEmpty else { return }
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: min(range.count, 1 << 18), alignment: 64)
        defer { chunk.deallocate() }
        for start in stride(from: range.lowerBound, to: range.upperBound, by: chunk.count) {
            let piece = UnsafeMutableRawBufferPointer(rebasing: chunk[..<min(chunk.count, range.upperBound - start)])
            guard try read(at: start, into: piece) == piece.count else { throw missing() }
            try file.append(UnsafeRawBufferPointer(piece))
        }
    }
}
