import Foundation
import Synchronization

/// Notices Ctrl-C and SIGTERM, so that a run can end between two steps. A second signal ends the process at once.
final class StopSignals: Sendable {
    private let number = Atomic<Int32>(0)
    private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

    /// Starts to listen.
    init() {
        for signal in [SIGINT, SIGTERM] {
            let source = DispatchSource.makeSignalSource(signal: signal, queue: .global(qos: .userInteractive))
            source.setEventHandler { [weak self] in
                self?.number.store(signal, ordering: .relaxed)
                _ = Foundation.signal(signal, SIG_DFL)
                if Terminal.isInteractive {
                    Terminal.write("\r\u{1B}[K")
                    Terminal.complain("writing a checkpoint; once more stops at once")
                }
            }
            source.resume()
            sources.append(source)
        }
    }

    /// The signal that arrived, if one did.
    var received: Int32? {
        let signal = number.load(ordering: .relaxed)
        return signal == 0 ? nil : signal
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
        "stopped by \(signal == SIGINT ? "Ctrl-C" : "SIGTERM"); --resume goes on from the checkpoint in \(directory)"
    }
}
