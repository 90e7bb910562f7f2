import Foundation
import Synchronization

/// Notices Ctrl-C and SIGTERM, so that a run can end at a step's boundary. A second signal ends the process at once.
final class StopSignals: Sendable {
    private let number = Atomic<Int32>(0)
    private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

    /// Starts to listen.
    init() {
        for signal in [SIGINT, SIGTERM] {
            Self.handle(signal, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: signal, queue: .global(qos: .userInteractive))
            source.setEventHandler { [weak self] in
                self?.number.store(signal, ordering: .relaxed)
                Self.handle(signal, SIG_DFL)
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

    private static func handle(_ signal: Int32, _ handler: sighandler_t?) { _ = Foundation.signal(signal, handler) }
}
