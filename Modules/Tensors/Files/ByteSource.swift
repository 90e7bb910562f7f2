import Foundation

/// Bytes at known positions: a regular file, or memory.
package final class ByteSource: Sendable {
    private enum Storage: Sendable {
        case file(descriptor: Int32)
        case memory(Data)
    }

    /// The path, or words for data that has none.
    package let name: String
    /// The number of bytes.
    package let count: Int
    private let storage: Storage

    /// Opens a file.
    ///
    /// - Throws: ``FileError`` if it cannot be opened or is not a regular file.
    package init(path: String) throws(FileError) {
        // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError("read", path, code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw FileError("read", path, code: code)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let isDirectory = status.st_mode & S_IFMT == S_IFDIR
            throw FileError("read", path, code: isDirectory ? EISDIR : EINVAL, remark: "a regular file is needed")
        }
        name = path
        count = Int(status.st_size)
        storage = .file(descriptor: descriptor)
    }

    /// Bytes in memory.
    package init(_ data: Data, name: String = "data in memory") {
        self.name = name
        count = data.count
        storage = .memory(data)
    }

    deinit {
        if case .file(let descriptor) = storage { close(descriptor) }
    }

    /// Reads the bytes from `offset` on.
    ///
    /// - Returns: the number of bytes read: as many as `buffer` holds, fewer only at the end of the source.
    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        let length = min(buffer.count, max(0, count - max(0, offset)))
        guard offset >= 0, length > 0, let base = buffer.baseAddress else { return 0 }
        switch storage {
        case .memory(let data):
            let start = data.startIndex + offset
            data.copyBytes(
                to: UnsafeMutableRawBufferPointer(start: base, count: length), from: start..<start + length)
            return length
        case .file(let descriptor):
            var done = 0
            while done < length {
                let got = pread(descriptor, base + done, length - done, off_t(offset + done))
                if got < 0 && errno == EINTR { continue }
                guard got >= 0 else { throw FileError("read", name, code: errno) }
                if got == 0 { break }
                done += got
            }
            return done
        }
    }

    /// The bytes of a range.
    ///
    /// - Returns: `nil` if the range leaves the source.
    package func bytes(at offset: Int, count length: Int) throws(FileError) -> [UInt8]? {
        guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { return nil }
        var bytes = [UInt8](repeating: 0, count: length)
        // A typed error does not pass through `withUnsafeMutableBytes`.
        let outcome = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(FileError) in try read(at: offset, into: buffer) }
        }
        return try outcome.get() == length ? bytes : nil
    }
}

extension RandomAccessCollection where Element == UInt8, Index == Int {
    /// The unsigned integer of `size` bytes at `offset` from the start, its lowest byte first.
    package func littleEndian(at offset: Int, size: Int) -> UInt64 {
        (0..<size).reduce(0) { $0 | UInt64(self[startIndex + offset + $1]) << (8 * UInt64($1)) }
    }

    /// The unsigned integer of `size` bytes at `offset` from the start, its highest byte first.
    package func bigEndian(at offset: Int, size: Int) -> UInt64 {
        (0..<size).reduce(0) { $0 << 8 | UInt64(self[startIndex + offset + $1]) }
    }
}
