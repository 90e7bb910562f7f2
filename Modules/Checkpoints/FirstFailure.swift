import Synchronization

/// The first error of a loop that several threads share: first by place, so that the same fault gives the same message.
final class FirstFailure: Sendable {
    private let state = Mutex<(place: Int, error: any Error)?>(nil)

    /// Whether something has failed, so that the rest is in vain.
    var isSet: Bool { state.withLock { $0 != nil } }

    /// Runs `body` and keeps its error, unless there is one of an earlier place.
    func catching(at place: Int, _ body: () throws -> Void) {
        do { try body() } catch {
            state.withLock { state in
                if state.map({ place < $0.place }) ?? true { state = (place, error) }
            }
        }
    }

    /// Throws what was kept.
    func rethrow() throws { if let error = state.withLock({ $0?.error }) { throw error } }
}
