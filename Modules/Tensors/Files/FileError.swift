import Foundation

/// A file that the system would not open, read or write.
public struct FileError: Error, Equatable, CustomStringConvertible {
    /// What was tried, as a verb: `read`, `write`.
    public let action: String
    /// The file.
    public let path: String
    /// The system's reason, an `errno` value.
    public let code: Int32
    /// What the reader of the message should know besides.
    public let remark: String?

    /// - Parameters:
    ///   - action: what was tried, as a verb.
    ///   - path: the file.
    ///   - code: the system's reason, an `errno` value.
    ///   - remark: what the reader of the message should know besides.
    public init(_ action: String, _ path: String, code: Int32, remark: String? = nil) {
        self.action = action
        self.path = path
        self.code = code
        self.remark = remark
    }

    /// What was tried, on which file, and why it failed.
    public var description: String {
        "cannot \(action) '\(path)': \(reason)" + (remark.map { "; \($0)" } ?? "")
    }

    /// The system's reason in words.
    public var reason: String {
        var text = [CChar](repeating: 0, count: 256)
        guard strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
        return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }
}
