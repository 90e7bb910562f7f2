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

    /// Copies a range of the source, or what there is of it if it has no end. Holes stay holes.
    private func copy(_ file: Int32, _ range: Range<Int>, to result: PendingFile) throws(ONNXError) {
        var position = range.lowerBound
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { chunk.deallocate() }
        var dataEnd = position
        while position < range.upperBound {
            if position >= dataEnd, let hole = Self.hole(file, at: position) {
                if !hole.isEmpty {
                    let end = min(hole.upperBound, range.upperBound)
                    try result.skip(end - position)
                    position = end
                    continue
                }
                dataEnd = Self.end(ofDataIn: file, at: position)
            }
            let known = dataEnd > position ? dataEnd : Int.max
            let wanted = min(chunk.count, min(known, range.upperBound) - position)
            let count = pread(file, chunk.baseAddress, wanted, off_t(position))
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

    /// Linux's numbers of `SEEK_DATA` and `SEEK_HOLE`, which Glibc shows only to those who ask for its extensions.
    private static let (seekData, seekHole): (Int32, Int32) = (3, 4)

    /// The bytes without content that follow a place; `nil` at the end of the file, or where the system does not tell.
    private static func hole(_ file: Int32, at position: Int) -> Range<Int>? {
        let data = lseek(file, off_t(position), seekData)
        if data >= position { return position..<Int(data) }
        guard errno == ENXIO else { return nil }
        let end = Int(lseek(file, 0, SEEK_END))
        return end > position ? position..<end : nil
    }

    /// Where the content that begins at a place ends.
    private static func end(ofDataIn file: Int32, at position: Int) -> Int {
        let end = lseek(file, off_t(position), seekHole)
        return end > position ? Int(end) : position + 1
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
