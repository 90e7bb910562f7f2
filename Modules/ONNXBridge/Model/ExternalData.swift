import Glibc

/// The range of a file in which a tensor's elements lie.
struct ExternalData: Sendable, Hashable {
    /// The file's path relative to the model's folder, as the model gives it.
    let location: String
    /// The file's path.
    let path: String
    /// The first byte.
    let offset: Int
    /// The number of bytes.
    let count: Int

    var range: Range<Int> { offset..<offset + count }

    /// Reads the entries of a tensor and checks them against the file, which must be a regular one.
    ///
    /// - Throws: `externalData` if the location leaves the model's folder, or the file does not hold the elements.
    init(
        _ entries: [String: String], tensor: String, directory: String?, byteCount: Int
    ) throws(ONNXError) {
        let location = entries["location"] ?? ""
        func fault(_ reason: String) -> ONNXError {
            .externalData(tensor: tensor, location: location, reason: reason)
        }
        let path = try Self.path(of: location, tensor: tensor, directory: directory)
        var status = stat()
        guard stat(path, &status) == 0 else { throw fault(String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw fault("it is not a regular file") }
        guard let offset = Int(entries["offset"] ?? "0"), offset >= 0 else {
            throw fault("its offset '\(entries["offset"] ?? "")' is no number of bytes")
        }
        if let text = entries["length"], Int(text) != byteCount {
            throw fault("its length is given as '\(text)', but the tensor's shape needs \(byteCount) bytes")
        }
        let size = Int(status.st_size)
        guard offset <= size, byteCount <= size - offset else {
            throw fault("\(byteCount) bytes from byte \(offset) on are needed, but it has \(size)")
        }
        self.location = location
        self.path = path
        self.offset = offset
        count = byteCount
    }

    /// The path of a file that a model names, if it is one that a model may name.
    static func path(of location: String, tensor: String, directory: String?) throws(ONNXError) -> String {
        let reason: String
        if directory == nil {
            reason = "the model was read from memory, so there is no folder to look in"
        } else if location.isEmpty {
            reason = "the model does not name the file"
        } else if location.hasPrefix("/") || location.split(separator: "/").contains("..") {
            reason = "it must lie in the model's folder; absolute paths and '..' are refused"
        } else {
            return directory! + "/" + location
        }
        throw .externalData(tensor: tensor, location: location, reason: reason)
    }

    /// Copies the elements' bytes into memory of as many bytes.
    func read(into memory: UnsafeMutableRawBufferPointer, tensor: String) throws(ONNXError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw fault(tensor, String(cString: strerror(errno))) }
        defer { close(file) }
        var done = 0
        while done < count {
            let read = pread(file, memory.baseAddress! + done, count - done, off_t(offset + done))
            if read < 0, errno == EINTR { continue }
            guard read > 0 else {
                throw fault(tensor, read < 0 ? String(cString: strerror(errno)) : "it has become shorter")
            }
            done += read
        }
    }

    private func fault(_ tensor: String, _ reason: String) -> ONNXError {
        .externalData(tensor: tensor, location: location, reason: reason)
    }
}
