import Foundation
import Slipstream

/// What is built in, what plugins brought, and what was refused.
struct PluginList: Encodable {
    /// Something that can be chosen by name.
    struct Entry: Encodable {
        let kind: String
        let name: String
        let version: String
        /// The plugin's name; absent for what is built in.
        let plugin: String?
        /// The plugin's file.
        let file: String?
    }

    /// A file or folder that was not taken.
    struct Refused: Encodable {
        let path: String
        let reason: String
    }

    let entries: [Entry]
    let refused: [Refused]
    /// The folders that were searched; absent if none were named.
    let searchPath: String?

    /// What this process has.
    init() {
        let loader = PluginLoader.shared
        func entry(_ kind: String, _ name: String, _ owner: LoadedPlugin?) -> Entry {
            Entry(
                kind: kind, name: name, version: owner?.version ?? SlipstreamPackage.version, plugin: owner?.name,
                file: owner?.path)
        }
        entries =
            BackendList.registered.backends.map { entry("backend", $0.name, nil) }
            + OptimizerTable.names.map { entry("optimizer", $0, loader.owner(ofOptimizer: $0)) }
            + AcceleratorTable.names.map { entry("accelerator", $0, loader.owner(ofAccelerator: $0)) }
        refused = loader.refused.map { Refused(path: $0.path, reason: $0.reason.description) }
        searchPath = ProcessInfo.processInfo.environment[PluginLoader.pathVariable]
    }

    /// The list for a person.
    var text: String {
        let rows =
            [("kind", "name", "version", "from")]
            + entries.map { entry in
                (entry.kind, entry.name, entry.version, entry.plugin.map { "\($0), \(entry.file ?? "")" } ?? "built in")
            }
        let widths = [rows.map(\.0.count).max(), rows.map(\.1.count).max(), rows.map(\.2.count).max()].map {
            ($0 ?? 0) + 2
        }
        var lines = rows.map {
            $0.0.padded(widths[0]) + $0.1.padded(widths[1]) + $0.2.padded(widths[2]) + $0.3
        }
        if !refused.isEmpty {
            lines += ["", "refused:"] + refused.map { "  \($0.path): \($0.reason)" }
        }
        if (searchPath ?? "").isEmpty {
            lines += ["", "\(PluginLoader.pathVariable) is not set: no folder was searched for plugins"]
        }
        return lines.joined(separator: "\n")
    }

    /// The settings of an optimizer or accelerator for a person.
    static func describe(_ kind: String, _ method: any Configurable.Type) -> String {
        let title = "\(kind) \(method.name): \(method.summary)"
        guard !method.settings.isEmpty else { return "\(title)\n  no settings" }
        let width = 2 + (method.settings.map(\.name.count).max() ?? 0)
        let settings = method.settings.map { setting in
            "  \(setting.name.padded(width))\(setting.summary)\n"
                + "  \("".padded(width))\(setting.range); default \(setting.standardText)"
        }
        return ([title] + settings).joined(separator: "\n")
    }
}
