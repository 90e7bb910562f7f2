import Synchronization

/// A signal that threads of one loop raise for whoever waits for the loop's end.
final class AtomicFlag: Sendable {
    private let value = Atomic<Bool>(false)

    /// Raises the flag for good.
    func raise() { value.store(true, ordering: .relaxed) }

    /// Whether any thread has raised it.
    var isRaised: Bool { value.load(ordering: .relaxed) }
}
