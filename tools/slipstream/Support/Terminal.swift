import Foundation

/// Standard error, and what is known of it.
enum Terminal {
    /// Whether a person watches standard error.
    static let isInteractive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// The width of the terminal in columns.
    static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes text to standard error.
    static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    /// Writes one line to standard error, with the program's name.
    static func complain(_ message: String) { write("slipstream: \(message)\n") }
}
