import Foundation

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
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            return try writeInPlace(path, status.st_mode, body)
        }
        let file = try PendingFile(path)
        try body(file.handle)
        try file.commit()
    }

    /// Writes a file of the given bytes; see ``write(to:_:)``.
    public static func write(_ bytes: some ContiguousBytes, to path: String) throws {
        try write(to: path) { try $0.write(bytes) }
    }

    /// The name of the file that a temporary one was to become; `nil` for any other name.
    ///
    /// A process that was killed leaves its temporary files behind. Who knows that no other is writing in a folder may
    /// remove them.
    public static func target(ofTemporary name: String) -> String? { PendingFile.target(ofTemporary: name) }

    private static func writeInPlace(_ path: String, _ mode: mode_t, _ body: (Handle) throws -> Void) throws {
        guard mode & S_IFMT != S_IFDIR else { throw FileError("write", path, code: EISDIR) }
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("write", path, code: errno) }
        let handle = Handle(descriptor, path: path, remark: nil)
        defer { handle.close() }
        try body(handle)
        try handle.finish()
    }
}

extension AtomicFile {
    /// A file that is being written.
    public final class Handle {
        /// The number of bytes written so far.
        public private(set) var count = 0
        private static let writeBackStep = 4 << 20
        private var flushed = 0
        private let descriptor: Int32
        private let path: String
        private let remark: String?
        private var isOpen = true

        init(_ descriptor: Int32, path: String, remark: String?) {
            self.descriptor = descriptor
            self.path = path
            self.remark = remark
        }

        /// Appends bytes: `Data`, `[UInt8]`, `UnsafeRawBufferPointer` and the like.
        ///
        /// - Throws: ``FileError`` if not all of them could be written: a full disk, a broken pipe.
        public func write(_ bytes: some ContiguousBytes) throws {
            try bytes.withUnsafeBytes { try append($0) }
        }

        /// Appends bytes.
        ///
        /// - Throws: as ``write(_:)``.
        package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
            // A handle kept beyond its time must not write to whatever has its number now.
            guard isOpen else { throw error(EBADF) }
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
            startWriteBack()
        }

        /// Appends zeros that take no room on disk, where the file system can do so.
        ///
        /// - Throws: as ``write(_:)``, and for a file that cannot be moved in, such as a pipe.
        package func skip(_ byteCount: Int) throws(FileError) {
            guard isOpen else { throw error(EBADF) }
            guard byteCount > 0 else { return }
            let end = off_t(count + byteCount)
            guard ftruncate(descriptor, end) == 0, lseek(descriptor, end, SEEK_SET) == end else { throw error(errno) }
            count += byteCount
        }

        /// Lets the system begin to bring bytes to disk while the next ones are made, so that the end has less to wait for.
        private func startWriteBack() {
            guard count - flushed >= Self.writeBackStep else { return }
            _ = Self.syncFileRange?(descriptor, Int64(flushed), Int64(count - flushed), Self.startWriting)
            flushed = count
        }

        /// `sync_file_range`, which not every C library has, nor shows to Swift.
        private static let syncFileRange = dlsym(nil, "sync_file_range").map {
            unsafeBitCast($0, to: (@convention(c) (Int32, Int64, Int64, UInt32) -> Int32).self)
        }
        /// `SYNC_FILE_RANGE_WRITE`: start, and do not wait.
        private static let startWriting: UInt32 = 2

        /// Writes bytes over some that were written before.
        ///
        /// - Throws: as ``write(_:)``, and for a file that cannot go back, such as a pipe.
        func overwrite(_ bytes: Data, at offset: Int) throws(FileError) {
            guard isOpen else { throw error(EBADF) }
            let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
            guard written == bytes.count else { throw error(written < 0 ? errno : EIO) }
        }

        /// Some systems report a full disk only when the bytes go to disk or the file is closed.
        func finish() throws(FileError) {
            guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw error(errno) }
            isOpen = false
            guard Foundation.close(descriptor) == 0 || errno == EINTR else { throw error(errno) }
        }

        func close() {
            if isOpen { _ = Foundation.close(descriptor) }
            isOpen = false
        }

        func error(_ code: Int32) -> FileError { FileError("write", path, code: code, remark: remark) }
    }
}
