import Tensors

/// Pending files whose errors are this module's.
extension PendingFile {
    /// Starts a file that is to get the name `path`.
    convenience init(writing path: String) throws(ONNXError) {
        do throws(FileError) { try self.init(path) } catch { throw ONNXError(error) }
    }

    /// Appends bytes.
    func add(_ bytes: UnsafeRawBufferPointer) throws(ONNXError) {
        do { try handle.append(bytes) } catch { throw ONNXError(error) }
    }

    /// Appends zeros that take no room on disk.
    func skip(_ byteCount: Int) throws(ONNXError) {
        do { try handle.skip(byteCount) } catch { throw ONNXError(error) }
    }

    /// Puts the file in its place.
    func finish() throws(ONNXError) {
        do { try commit() } catch { throw ONNXError(error) }
    }
}

extension ONNXError {
    /// A file that the system would not write.
    init(_ error: FileError) { self = .writeFailed(path: error.path, reason: error.reason) }
}
