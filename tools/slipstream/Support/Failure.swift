import Foundation

/// How errors read on standard error.
enum Failure {
    /// One sentence about an error; Foundation's own are shortened to what concerns the user.
    static func describe(_ error: any Error) -> String {
        error is CocoaError ? error.localizedDescription : "\(error)"
    }
}

/// A run that the user stopped; its checkpoint is written.
struct Interruption: Error, CustomStringConvertible {
    /// The signal that stopped it.
    let signal: Int32
    /// Where it can be resumed.
    let directory: String

    /// 128 + the signal's number, as shells report it: 130 for Ctrl-C, 143 for SIGTERM.
    var exitCode: Int32 { 128 + signal }

    var description: String {
        "stopped by \(signal == SIGINT ? "Ctrl-C" : "SIGTERM"); the checkpoint is written: continue with --resume "
            + "--output \(directory)"
    }
}
