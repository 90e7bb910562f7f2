import Buffers
import Glibc

/// Reading whole files.
enum FileReader {
    /// The bytes of a regular file.
    ///
    /// They are read, not mapped: a mapped file that somebody shortens would end the process.
    static func contents(of path: String) throws(ONNXError) -> AlignedBuffer<UInt8> {
        // A pipe that nobody writes to would be waited for; it is refused below instead.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw errno == ENOENT
                ? .noSuchFile(path: path) : .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is not a regular file")
        }
        let size = Int(status.st_size)
        let buffer: AlignedBuffer<UInt8>
        do { buffer = try AlignedBuffer(count: size) } catch { throw .tooLarge(bytes: size) }
        var done = 0
        while done < size {
            let count = read(file, buffer.pointer + done, size - done)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = count < 0 ? String(cString: strerror(errno)) : "it became shorter while it was read"
                throw .unreadable(path: path, reason: reason)
            }
            done += count
        }
        return buffer
    }
}
