import Glibc

/// A file that appears under its name only when it is complete: it is written beside it and then renamed.
final class PendingFile {
    private let path: String
    private let temporary: String
    private var file: Int32

    /// Starts a file that is to get the name `path`.
    init(path: String) throws(ONNXError) {
        self.path = path
        temporary = "\(path).\(getpid()).partial"
        unlink(temporary)
        file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw .writeFailed(path: path, reason: String(cString: strerror(errno))) }
    }

    deinit {
        guard file >= 0 else { return }
        close(file)
        unlink(temporary)
    }

    /// Appends bytes.
    func append(_ bytes: UnsafeRawBufferPointer) throws(ONNXError) {
        var done = 0
        while done < bytes.count {
            let count = write(file, bytes.baseAddress! + done, bytes.count - done)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault() }
            done += count
        }
    }

    /// Puts the file in its place, for good: an older one is gone, and a power cut does not lose the new one.
    func commit() throws(ONNXError) {
        guard fsync(file) == 0 else { throw fault() }
        guard rename(temporary, path) == 0 else { throw fault() }
        close(file)
        file = -1
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { return }
        // Some file systems cannot synchronise a folder; the file itself is safe by now.
        fsync(handle)
        close(handle)
    }

    private func fault() -> ONNXError { .writeFailed(path: path, reason: String(cString: strerror(errno))) }
}
