import Foundation
import Synchronization

/// Writing of files that are either complete or not there at all.
///
/// ```swift
/// try AtomicFile.write(to: "run.json") { file in
///     try file.write(Data(text.utf8))
/// }
/// ```
public enum AtomicFile {
    /// Writes a file under a temporary name in the same folder, brings it to disk and renames it.
    ///
    /// Whatever fails, the temporary file is removed and a file that stood at `path` before stays as it was. A symbolic
    /// link at `path` stays one: the file that it points to is replaced. An existing file's permissions are kept.
    /// Something that is not a regular file, such as a pipe or `/dev/stdout`, is written in place.
    ///
    /// - Parameters:
    ///   - path: the file to make or to replace.
    ///   - body: writes the content, from the first byte to the last.
    /// - Throws: ``FileError`` if the system refuses (no such folder, no permission, a full disk, …), or what `body`
    ///   throws.
    public static func write(to path: String, _ body: (Handle) throws -> Void) throws {
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists && status.st_mode & S_IFMT != S_IFREG { return try writeInPlace(path, status.st_mode, body) }
        let target = resolved(path)
        let temporary = reserveTemporary(for: target)
        defer { reserved.withLock { _ = $0.remove(temporary) } }
        // A process of the same number may have been killed here before.
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw creationError(path, errno) }
        let handle = Handle(descriptor, path: path, remark: exists ? "the file that was there is unchanged" : nil)
        do {
            defer { handle.close() }
            if exists { fchmod(descriptor, status.st_mode & 0o7777) }
            try body(handle)
            try handle.finish()
            guard rename(temporary, target) == 0 else { throw handle.error(errno) }
        } catch {
            unlink(temporary)
            throw error
        }
        synchronizeFolder(of: target)
    }

    /// Writes a file of the given bytes; see ``write(to:_:)``.
    public static func write(_ bytes: some ContiguousBytes, to path: String) throws {
        try write(to: path) { try $0.write(bytes) }
    }

    private static func writeInPlace(_ path: String, _ mode: mode_t, _ body: (Handle) throws -> Void) throws {
        guard mode & S_IFMT != S_IFDIR else { throw FileError("write", path, code: EISDIR) }
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("write", path, code: errno) }
        let handle = Handle(descriptor, path: path, remark: nil)
        defer { handle.close() }
        try body(handle)
        try handle.finish()
    }

    /// Temporary names that writers of this process are using.
    private static let reserved = Mutex<Set<String>>([])

    private static func reserveTemporary(for target: String) -> String {
        reserved.withLock { names in
            var name = "\(target).tmp-\(getpid())"
            var number = 1
            while !names.insert(name).inserted {
                number += 1
                name = "\(target).tmp-\(getpid())-\(number)"
            }
            return name
        }
    }

    /// The file that a path leads to once symbolic links are followed; the path itself where nothing is there yet.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func creationError(_ path: String, _ code: Int32) -> FileError {
        let folder = folder(of: path)
        let remark = code == ENOENT && access(folder, F_OK) != 0 ? "there is no folder '\(folder)'" : nil
        return FileError("write", path, code: code, remark: remark)
    }

    private static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    /// Brings the new name to disk. Some file systems cannot; the content is safe already.
    private static func synchronizeFolder(of path: String) {
        let descriptor = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

extension AtomicFile {
    /// A file that is being written.
    public final class Handle {
        /// The number of bytes written so far.
        public private(set) var count = 0
        private let descriptor: Int32
        private let path: String
        private let remark: String?
        private var isOpen = true

        fileprivate init(_ descriptor: Int32, path: String, remark: String?) {
            self.descriptor = descriptor
            self.path = path
            self.remark = remark
        }

        /// Appends bytes: `Data`, `[UInt8]`, `UnsafeRawBufferPointer` and the like.
        ///
        /// - Throws: ``FileError`` if not all of them could be written: a full disk, a broken pipe.
        public func write(_ bytes: some ContiguousBytes) throws {
            // A handle kept beyond its time must not write to whatever has its number now.
            guard isOpen else { throw error(EBADF) }
            try bytes.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                var done = 0
                // The system may write less than asked for, and tells why only when asked again.
                while done < bytes.count {
                    let written = Foundation.write(descriptor, base + done, bytes.count - done)
                    if written < 0 && errno == EINTR { continue }
                    guard written > 0 else { throw error(written < 0 ? errno : EIO) }
                    done += written
                }
                count += done
            }
        }

        /// Some systems report a full disk only when the bytes go to disk or the file is closed.
        fileprivate func finish() throws {
            guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw error(errno) }
            isOpen = false
            guard Foundation.close(descriptor) == 0 || errno == EINTR else { throw error(errno) }
        }

        fileprivate func close() {
            if isOpen { _ = Foundation.close(descriptor) }
            isOpen = false
        }

        fileprivate func error(_ code: Int32) -> FileError { FileError("write", path, code: code, remark: remark) }
    }
}
