/// Bytes that come once, from the first to the last.
package protocol ByteStream: AnyObject {
    /// The path, or words for data that has none.
    var name: String { get }
    /// An upper bound on the number of bytes that are still to come, known before they are read: what a header
    /// claims beyond it is false, and need not be allocated to find out.
    var bound: Int { get }
    /// Reads the next bytes.
    ///
    /// - Returns: the number of bytes read: as many as `buffer` holds, fewer only at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteStream {
    /// The next `count` bytes, or as many as there are.
    package func bytes(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, min(count, bound)))
        let got = try bytes.withUnsafeMutableBytes { try read(into: $0) }
        return Array(bytes.prefix(got))
    }

    /// Whether no byte is left.
    package func isAtEnd() throws -> Bool {
        var byte: UInt8 = 0
        return try withUnsafeMutableBytes(of: &byte) { try read(into: $0) } == 0
    }
}

/// The bytes of a range of a source, one after the other.
package final class SourceStream: ByteStream {
    package var name: String { source.name }
    package var bound: Int { end - position }
    /// The source that the bytes come from.
    package let source: ByteSource
    private var position: Int
    private let end: Int

    /// - Parameters:
    ///   - source: where the bytes come from.
    ///   - range: their positions; what lies beyond the source's end is cut off. `nil` takes all.
    package init(_ source: ByteSource, range: Range<Int>? = nil) {
        self.source = source
        let range = (range ?? 0..<source.count).clamped(to: 0..<source.count)
        position = range.lowerBound
        end = range.upperBound
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = min(buffer.count, end - position)
        let got = try source.read(at: position, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
        position += got
        return got
    }
}
