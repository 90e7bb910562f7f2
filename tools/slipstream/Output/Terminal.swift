import Foundation
import Slipstream

/// Standard output and standard error, and what is known of them.
enum Terminal {
    /// Whether a person watches standard error.
    static let isInteractive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// The width of the terminal behind standard error; 80 where it is unknown.
    static var errorColumns: Int { columns(of: STDERR_FILENO) ?? 80 }

    /// The width of the terminal behind standard output; `nil` if that is none.
    static var outputColumns: Int? { isatty(STDOUT_FILENO) == 1 ? columns(of: STDOUT_FILENO) ?? 80 : nil }

    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes a line to standard output, at once, so that a pipe's reader sees it when it happens.
    ///
    /// - Throws: `FileError` if it cannot be written: a full disk.
    static func say(_ text: String) throws {
        var line = printable(text)
        line.append("\n")
        try line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = Foundation.write(STDOUT_FILENO, rest.baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw FileError("write", "standard output", code: errno) }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            }
        }
    }

    /// Writes text to standard error. Nothing can be done, or said, where that fails.
    static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    /// Writes one line to standard error, with the program's name.
    static func complain(_ message: String) { write("slipstream: \(printable(message))\n") }

    /// Text without the control characters that names in a file may hold: a terminal would obey them.
    private static func printable(_ text: String) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isControl(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
}
