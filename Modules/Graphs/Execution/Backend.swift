import Buffers
import Tensors

/// A node that wants a kernel.
public struct KernelRequest: Sendable {
    /// What to compute.
    public let operation: any Operator
    /// The operands' types and layouts; `nil` where one is left out.
    public let inputs: [PhysicalType?]
    /// The results' types and layouts.
    public let outputs: [PhysicalType]
    /// The program's precision: `.float32` or `.float64`.
    public let precision: ElementType
    /// The threads that a call may use.
    public let workers: Workers

    /// A request.
    public init(
        operation: any Operator, inputs: [PhysicalType?], outputs: [PhysicalType], precision: ElementType,
        workers: Workers
    ) {
        self.operation = operation
        self.inputs = inputs
        self.outputs = outputs
        self.precision = precision
        self.workers = workers
    }
}

/// A source of kernels. A backend offers kernels for the nodes that it makes faster and declines the others.
public protocol Backend: Sendable {
    /// The name by which users choose it.
    var name: String { get }
    /// Backends with a higher preference are asked first. The reference backend has 0.
    var preference: Int { get }
    /// A kernel for a node, or `nil` to decline.
    func kernel(for request: KernelRequest) -> Kernel?
}

extension PluginKind where Value == any Backend {
    /// Compute backends.
    public static var backend: PluginKind { PluginKind("backend") }
}

/// Which backends a program is compiled with, in the order in which they are asked.
public struct BackendList: Sendable {
    /// The backends; the reference backend stands last.
    public let backends: [any Backend]

    /// The given backends by falling preference, with the reference backend behind them.
    public init(_ backends: [any Backend]) {
        self.backends =
            backends.filter { $0.preference > 0 }.sorted { $0.preference > $1.preference } + [ReferenceBackend()]
    }

    /// Only the reference backend.
    public static let reference = BackendList([])

    /// All backends that are registered by now: what `auto` names.
    public static var registered: BackendList {
        let registry = PluginRegistry.shared
        return BackendList(registry.names(kind: .backend).compactMap { try? registry.find($0, kind: .backend) })
    }

    /// The backends behind a name: `auto` is all that are registered, `reference` only that one, any other name that
    /// backend and those of lower preference, which serve the nodes that it declines.
    ///
    /// - Throws: `UnknownPlugin` for a name that is not registered.
    public static func named(
        _ name: String, in registry: PluginRegistry = .shared
    ) throws(UnknownPlugin) -> BackendList {
        if name == "reference" { return .reference }
        var all: [any Backend] = []
        for known in registry.names(kind: .backend) { all.append(try registry.find(known, kind: .backend)) }
        if name == "auto" { return BackendList(all) }
        guard let chosen = all.first(where: { $0.name == name }) else {
            throw UnknownPlugin(kind: "backend", name: name, known: ["auto", "reference"] + all.map(\.name).sorted())
        }
        return BackendList(all.filter { $0.preference <= chosen.preference })
    }
}
