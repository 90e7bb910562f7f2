import Glibc
import Tensors

/// Which tensors of a checkpoint are combined, and which of these say how.
///
/// Patterns are those of a shell: `*` stands for any characters, dots and slashes too, `?` for one, `[…]` for one of a set.
public struct CheckpointSelection: Sendable, Hashable {
    /// Only these make residuals; all floating-point tensors if there is no pattern.
    public var residual: [String]
    /// These make none, but are combined: running statistics, say.
    public var excluded: [String]
    /// These are taken from the last checkpoint as they are, and need not be the same in the others.
    public var kept: [String]

    /// A selection; without patterns all floating-point tensors are combined and make residuals.
    public init(residual: [String] = [], excluded: [String] = [], kept: [String] = []) {
        self.residual = residual
        self.excluded = excluded
        self.kept = kept
    }

    func keeps(_ name: String) -> Bool { Self.matches(name, kept) }

    func makesResiduals(_ name: String) -> Bool {
        (residual.isEmpty || Self.matches(name, residual)) && !Self.matches(name, excluded)
    }

    /// The first pattern that none of the tensors matches: a misspelt one must not pass in silence.
    func unmatched(among names: some Collection<String>) -> String? {
        (residual + excluded + kept).first { pattern in !names.contains { Self.matches($0, [pattern]) } }
    }

    private static func matches(_ name: String, _ patterns: [String]) -> Bool {
        patterns.contains { fnmatch($0, name, 0) == 0 }
    }
}
