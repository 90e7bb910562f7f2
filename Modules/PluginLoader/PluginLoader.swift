import Accelerators
import Buffers
import CSlipstream
import Glibc
import Optimizers
import Synchronization

/// A plugin that was taken.
public struct LoadedPlugin: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its version, in its own words.
    public let version: String
    /// The file that it came from; `nil` for one that is part of the program.
    public let path: String?
    /// The names of its optimizers.
    public let optimizers: [String]
    /// The names of its accelerators.
    public let accelerators: [String]
}

/// Takes optimizers and accelerators from shared libraries that export `slip_plugin_entry` of `slipstream_plugin.h`.
///
/// What was taken is found by name in `OptimizerTable` and `AcceleratorTable`, and everything works on it as on what is
/// built in. Only files and folders that are named are looked at. Plugins are code: they run in this process, with its rights.
///
/// ```swift
/// PluginLoader.shared.loadAll(in: "/opt/plugins:/home/me/plugins")
/// let rule = try OptimizerTable.make("example-signsgd", settings: ["momentum": 0.9])
/// for refused in PluginLoader.shared.refused { print(refused) }
/// ```
public final class PluginLoader: Sendable {
    /// The process's loader.
    public static let shared = PluginLoader()

    /// The environment variable that names the folders to search, with colons in between.
    public static let pathVariable = "SLIPSTREAM_PLUGIN_PATH"

    /// The version of the plugin interface.
    public static let interfaceVersion = Int(SLIP_PLUGIN_ABI_VERSION)

    private struct Found {
        var loaded: [LoadedPlugin] = []
        var refused: [RefusedPlugin] = []
    }

    private let found = Mutex(Found())

    private init() {}

    /// The plugins that were taken, in the order in which they came.
    public var loaded: [LoadedPlugin] { found.withLock { $0.loaded } }

    /// What ``loadAll(in:)`` found and did not take, once each.
    public var refused: [RefusedPlugin] { found.withLock { $0.refused } }

    /// The plugin that an optimizer came from; `nil` if it is none of a plugin's.
    public func owner(ofOptimizer name: String) -> LoadedPlugin? { loaded.first { $0.optimizers.contains(name) } }

    /// The plugin that an accelerator came from; `nil` if it is none of a plugin's.
    public func owner(ofAccelerator name: String) -> LoadedPlugin? { loaded.first { $0.accelerators.contains(name) } }

    /// Takes the plugin of a file. One that was taken before is not taken again.
    ///
    /// - Throws: ``RefusedPlugin``, having registered nothing.
    @discardableResult
    public func load(_ path: String) throws(RefusedPlugin) -> LoadedPlugin {
        guard let real = realpath(path, nil) else {
            throw RefusedPlugin(path: path, reason: .unreadable(reason: String(cString: strerror(errno))))
        }
        defer { free(real) }
        let file = String(cString: real)
        return try entering(path) { found throws(PluginRefusal) in
            if let known = found.loaded.first(where: { $0.path == file }) { return known }
            return try SharedLibrary.load(file) { plugin throws(PluginRefusal) in
                try Self.register(PluginReader.read(plugin), from: file, in: &found)
            }
        }
    }

    /// Takes a plugin that is linked into the program: what its `slip_plugin_entry` returns, which must never be freed.
    ///
    /// - Throws: ``RefusedPlugin``, having registered nothing.
    @discardableResult
    public func add(_ plugin: UnsafePointer<slip_plugin>) throws(RefusedPlugin) -> LoadedPlugin {
        try entering("a plugin in the program") { found throws(PluginRefusal) in
            try Self.register(PluginReader.read(plugin), from: nil, in: &found)
        }
    }

    /// Takes every plugin, the files whose names end in `.so`, from folders, in the order of the folders and of the names.
    /// What cannot be taken is listed in ``refused``.
    ///
    /// - Parameter folders: folders with colons in between; empty ones are left out.
    public func loadAll(in folders: String) {
        for folder in folders.split(separator: ":").map(String.init) {
            do throws(PluginRefusal) {
                for name in try Self.libraries(in: folder) { take("\(folder)/\(name)") }
            } catch { refuse(RefusedPlugin(path: folder, reason: error)) }
        }
    }

    private func take(_ path: String) {
        do { try load(path) } catch { refuse(error) }
    }

    private func refuse(_ plugin: RefusedPlugin) {
        found.withLock { found in
            if !found.refused.contains(where: { $0.path == plugin.path }) { found.refused.append(plugin) }
        }
    }

    private func entering(
        _ path: String, _ body: (inout Found) throws(PluginRefusal) -> LoadedPlugin
    ) throws(RefusedPlugin) -> LoadedPlugin {
        let result = found.withLock { found -> Result<LoadedPlugin, PluginRefusal> in
            do throws(PluginRefusal) { return .success(try body(&found)) } catch { return .failure(error) }
        }
        do { return try result.get() } catch { throw RefusedPlugin(path: path, reason: error) }
    }

    private static func libraries(in folder: String) throws(PluginRefusal) -> [String] {
        guard let stream = opendir(folder) else { throw .unreadable(reason: String(cString: strerror(errno))) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".so") { names.append(name) }
        }
        return names.sorted()
    }

    /// Registers everything that a plugin brings, once no name of it is found to be taken.
    private static func register(
        _ contents: PluginContents, from path: String?, in found: inout Found
    ) throws(PluginRefusal) -> LoadedPlugin {
        if let other = found.loaded.first(where: { $0.name == contents.name }) {
            throw .nameTaken(
                kind: "plugin", name: contents.name, owner: "\(other.path ?? "the program") has a plugin of that name")
        }
        var optimizers = OptimizerTable.names
        for name in contents.optimizers.map(\.declaration.name) {
            try claim(name, "optimizer", among: &optimizers)
        }
        var accelerators = AcceleratorTable.names
        for name in contents.accelerators.map(\.declaration.name) {
            guard name != "none" else {
                throw .nameTaken(kind: "accelerator", name: name, owner: "it stands for no accelerator")
            }
            try claim(name, "accelerator", among: &accelerators)
        }
        for definition in contents.optimizers {
            let type = optimizerSlots.add(definition).optimizer
            PluginRegistry.shared.register(type, as: definition.declaration.name, kind: OptimizerTable.kind)
        }
        for definition in contents.accelerators {
            let type = acceleratorSlots.add(definition).accelerator
            PluginRegistry.shared.register(type, as: definition.declaration.name, kind: AcceleratorTable.kind)
        }
        let plugin = LoadedPlugin(
            name: contents.name, version: contents.version, path: path,
            optimizers: contents.optimizers.map(\.declaration.name),
            accelerators: contents.accelerators.map(\.declaration.name))
        found.loaded.append(plugin)
        return plugin
    }

    private static func claim(_ name: String, _ kind: String, among names: inout [String]) throws(PluginRefusal) {
        guard !names.contains(name) else {
            throw .nameTaken(kind: kind, name: name, owner: "another \(kind) has it")
        }
        names.append(name)
    }
}
