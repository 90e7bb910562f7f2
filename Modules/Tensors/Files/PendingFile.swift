import Foundation
import Synchronization

/// A file that appears under its name only when it is complete: it is written beside it and then renamed.
///
/// What is not committed is removed when the last reference to it goes.
package final class PendingFile {
    /// Where the content goes.
    package let handle: AtomicFile.Handle
    private let path: String
    private let target: String
    private let temporary: String
    private var isCommitted = false

    /// Starts a file that is to get the name `path`.
    ///
    /// - Throws: ``FileError`` if the system refuses (no such folder, no permission), or if something stands there that is
    ///   not a regular file: a rename would replace it, `/dev/null` included.
    package init(_ path: String) throws(FileError) {
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFREG {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw FileError(
                "write", path, code: isFolder ? EISDIR : EINVAL,
                remark: isFolder ? nil : "it is not a regular file, which alone can be replaced")
        }
        self.path = path
        target = Self.resolved(path)
        temporary = Self.reserve(target)
        // A process of the same number may have been killed here before.
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let error = Self.creationError(path, errno)
            Self.release(temporary)
            throw error
        }
        if exists { fchmod(descriptor, status.st_mode & 0o7777) }
        handle = AtomicFile.Handle(
            descriptor, path: path, remark: exists ? "the file that was there is unchanged" : nil)
    }

    deinit {
        handle.close()
        if !isCommitted { unlink(temporary) }
        Self.release(temporary)
    }

    /// Puts the file in its place, for good: an older one is gone, and a power cut does not lose the new one.
    ///
    /// - Throws: ``FileError`` if the bytes do not get to disk; an older file is unchanged.
    package func commit() throws(FileError) {
        try handle.finish()
        guard rename(temporary, target) == 0 else { throw handle.error(errno) }
        isCommitted = true
        Self.synchronizeFolder(of: target)
    }

    // MARK: Names

    private static let mark = ".tmp-"

    /// Temporary names that writers of this process are using.
    private static let reserved = Mutex<Set<String>>([])

    private static func reserve(_ target: String) -> String {
        reserved.withLock { names in
            var name = "\(target)\(mark)\(getpid())"
            var number = 1
            while !names.insert(name).inserted {
                number += 1
                name = "\(target)\(mark)\(getpid())-\(number)"
            }
            return name
        }
    }

    private static func release(_ temporary: String) { reserved.withLock { _ = $0.remove(temporary) } }

    /// The name of the file that a temporary one was to become; `nil` for any other name.
    static func target(ofTemporary name: String) -> String? {
        guard let mark = name.range(of: mark, options: .backwards), mark.lowerBound > name.startIndex else {
            return nil
        }
        let numbers = name[mark.upperBound...].split(separator: "-", omittingEmptySubsequences: false)
        let areNumbers = numbers.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { 48...57 ~= $0 } }
        return numbers.count <= 2 && areNumbers ? String(name[..<mark.lowerBound]) : nil
    }

    /// The file that a path leads to once symbolic links are followed; the path itself where nothing is there yet.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func creationError(_ path: String, _ code: Int32) -> FileError {
        let folder = FilePath.folder(of: path)
        let isAbsent = code == ENOENT && access(folder, F_OK) != 0
        return FileError("write", path, code: code, remark: isAbsent ? "there is no folder '\(folder)'" : nil)
    }

    /// Brings the new name to disk. Some file systems cannot; the content is safe already.
    private static func synchronizeFolder(of path: String) {
        let descriptor = open(FilePath.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
