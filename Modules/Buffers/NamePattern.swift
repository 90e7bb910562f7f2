import Glibc

/// A pattern for the names of parameters, as a shell has them: `*` stands for any characters, dots and slashes too, `?` for
/// one, `[…]` for one of a set; a backslash takes the meaning from the character behind it.
public struct NamePattern: Sendable, Hashable, CustomStringConvertible {
    /// The pattern's text.
    public let text: String

    /// A pattern.
    ///
    /// - Throws: ``NamePatternError/empty`` for an empty text, which no name matches.
    public init(_ text: String) throws(NamePatternError) {
        guard !text.isEmpty else { throw .empty }
        self.text = text
    }

    public var description: String { text }

    /// Whether a name as a whole matches.
    public func matches(_ name: String) -> Bool { fnmatch(text, name, 0) == 0 }

    /// The names that match, in their order.
    ///
    /// - Throws: ``NamePatternError/unmatched(pattern:near:count:)`` if none does: a misspelt pattern must not pass in
    ///   silence.
    public func selection(from names: [String]) throws(NamePatternError) -> [String] {
        let found = names.filter(matches)
        guard found.isEmpty else { return found }
        throw .unmatched(pattern: text, near: near(among: names), count: names.count)
    }

    /// Names that may have been meant, at most four: those under the nearest prefix that ends where a part of a name does.
    private func near(among names: [String]) -> [String] {
        let most = 4
        let literal = String(text.filter { !"*?[]\\".contains($0) })
        var prefixes: [String] = []
        var seen: Set<String> = []
        for name in names {
            for end in name.indices where "./:".contains(name[end]) || name.index(after: end) == name.endIndex {
                let prefix = String(name[...end])
                if seen.insert(prefix).inserted { prefixes.append(prefix) }
            }
        }
        let nearest = literal.isEmpty ? nil : Spelling.nearest(to: literal, among: prefixes)
        let under = names.filter { name in nearest.map { name.hasPrefix($0) } ?? false }
        return Array((under.isEmpty ? names : under).prefix(most))
    }
}

/// A pattern that selects nothing.
public enum NamePatternError: Error, Equatable, CustomStringConvertible {
    /// A pattern without a character.
    case empty
    /// A pattern that none of the names matches; `near` are some that may have been meant, `count` is the number of all.
    case unmatched(pattern: String, near: [String], count: Int)

    public var description: String {
        switch self {
        case .empty: "the pattern is empty"
        case .unmatched(let pattern, _, 0): "'\(pattern)' matches nothing: there is nothing to match"
        case .unmatched(let pattern, let near, let count):
            "'\(pattern)' matches none of the \(count) names; there are \(near.map { "'\($0)'" }.joined(separator: ", "))"
                + (count > near.count ? " and \(count - near.count) more" : "")
        }
    }
}
