import Glibc
import Tensors

/// A data file that is copied with some ranges changed, and perhaps with more at its end.
struct ExternalCopy {
    /// The file that is copied.
    let source: String
    /// The new file's name.
    let name: String
    /// The new file's path.
    let path: String
    /// New bytes by the offset that they begin at; they do not overlap.
    var changes: [(offset: Int, bytes: [UInt8])] = []
    /// What follows the copy: zeros to fill up, then bytes.
    private(set) var appended: [(padding: Int, bytes: [UInt8])] = []
    private var end: Int?

    init(source: String, name: String, path: String) {
        self.source = source
        self.name = name
        self.path = path
    }

    /// Adds bytes at the end of a file of `size` bytes, where a memory page begins.
    ///
    /// - Returns: the range that they get.
    mutating func append(_ bytes: [UInt8], afterFileOf size: Int) -> Range<Int> {
        let page = 4096
        let start = end ?? size
        let padding = (page - start % page) % page
        appended.append((padding, bytes))
        end = start + padding + bytes.count
        return start + padding..<start + padding + bytes.count
    }

    /// Writes the new file next to its final name.
    func write() throws(ONNXError) -> PendingFile {
        let result = try PendingFile(writing: path)
        let file = open(source, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw fault() }
        defer { close(file) }
        var position = 0
        for change in changes.sorted(by: { $0.offset < $1.offset }) {
            try copy(file, position..<change.offset, to: result)
            try Self.append(change.bytes, to: result)
            position = change.offset + change.bytes.count
        }
        try copy(file, position..<Int.max, to: result)
        for (padding, bytes) in appended {
            try Self.append([UInt8](repeating: 0, count: padding), to: result)
            try Self.append(bytes, to: result)
        }
        return result
    }

    /// Copies a range of the source, or what there is of it if it has no end.
    private func copy(_ file: Int32, _ range: Range<Int>, to result: PendingFile) throws(ONNXError) {
        var position = range.lowerBound
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { chunk.deallocate() }
        while position < range.upperBound {
            let count = pread(file, chunk.baseAddress, min(chunk.count, range.upperBound - position), off_t(position))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw fault() }
            if count == 0 {
                guard range.upperBound == Int.max else {
                    throw .externalData(tensor: "?", location: source, reason: "it has become shorter")
                }
                return
            }
            try result.add(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
            position += count
        }
    }

    private static func append(_ bytes: [UInt8], to file: PendingFile) throws(ONNXError) {
        let result: Result<Void, ONNXError> = bytes.withUnsafeBytes { pointer in
            do throws(ONNXError) { return .success(try file.add(pointer)) } catch { return .failure(error) }
        }
        try result.get()
    }

    private func fault() -> ONNXError {
        .externalData(tensor: "?", location: source, reason: String(cString: strerror(errno)))
    }
}
