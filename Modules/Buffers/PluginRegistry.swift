import Synchronization

/// What a plugin provides: a kind is a name and the type of its values.
public struct PluginKind<Value: Sendable>: Sendable {
    /// The kind's name in messages: `backend`, `optimizer`, `accelerator`, `communicator`.
    public let name: String

    /// Declares a kind. Each kind is declared once, by the module that defines `Value`.
    public init(_ name: String) { self.name = name }
}

/// No plugin of that name and kind.
public struct UnknownPlugin: Error, Equatable, CustomStringConvertible {
    /// The kind asked for.
    public let kind: String
    /// The name asked for.
    public let name: String
    /// The names that exist.
    public let known: [String]

    /// An error about a plugin that is not among `known`.
    public init(kind: String, name: String, known: [String]) {
        self.kind = kind
        self.name = name
        self.known = known
    }

    public var description: String {
        "no \(kind) is named '\(name)'" + Spelling.hint(for: name, among: known)
            + (known.isEmpty ? " None is registered" : " Known: \(known.joined(separator: ", "))")
    }
}

/// Every plugin of this process, by kind and name. The core names none of them: each registers itself in one call.
public final class PluginRegistry: Sendable {
    /// The process's registry.
    public static let shared = PluginRegistry()

    private let entries = Mutex<[String: [String: any Sendable]]>([:])

    /// An empty registry.
    public init() {}

    /// Enters a plugin; a later one of the same kind and name takes its place.
    public func register<Value>(_ value: Value, as name: String, kind: PluginKind<Value>) {
        entries.withLock { $0[kind.name, default: [:]][name] = value }
    }

    /// The plugin called `name`.
    ///
    /// - Throws: ``UnknownPlugin``, which lists the names that exist.
    public func find<Value>(_ name: String, kind: PluginKind<Value>) throws(UnknownPlugin) -> Value {
        let value = entries.withLock { $0[kind.name]?[name] }
        guard let value = value as? Value else {
            throw UnknownPlugin(kind: kind.name, name: name, known: names(kind: kind))
        }
        return value
    }

    /// The names of all plugins of a kind, sorted.
    public func names<Value>(kind: PluginKind<Value>) -> [String] {
        entries.withLock { ($0[kind.name] ?? [:]).keys.sorted() }
    }
}
