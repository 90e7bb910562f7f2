import ArgumentParser
import Foundation
import Slipstream

/// `slipstream plugins`
struct Plugins: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what is built in and what plugins bring, and say which plugins were refused and why.",
        usage: """
            slipstream plugins [--plugin <file> ...] [--json]
            slipstream plugins <name> [--plugin <file> ...]
            """,
        discussion: """
            Plugins are the files that end in .so in the folders that \(PluginLoader.pathVariable) names, with colons in \
            between; no other folder is searched. With a name, the settings of that optimizer or accelerator.
            """)

    @Argument(help: ArgumentHelp("An optimizer or accelerator whose settings to list.", valueName: "name"))
    var name: String?

    @OptionGroup var plugins: PluginOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard let name else { return }
        guard !json else { throw ValidationError("--json is for the list of all, not for the settings of \(name)") }
        guard !methods(name).isEmpty else {
            let known = OptimizerTable.names + AcceleratorTable.names
            throw ValidationError(UnknownPlugin(kind: "optimizer or accelerator", name: name, known: known).description)
        }
    }

    func run() throws {
        guard let name else {
            let list = PluginList()
            return try Terminal.say(json ? JSONText.pretty(list) : list.text)
        }
        try Terminal.say(methods(name).map(PluginList.describe).joined(separator: "\n\n"))
    }

    private func methods(_ name: String) -> [(kind: String, method: any Configurable.Type)] {
        let optimizer = (try? OptimizerTable.find(name)).map {
            (kind: "optimizer", method: $0 as any Configurable.Type)
        }
        let accelerator = (try? AcceleratorTable.find(name)).map {
            (kind: "accelerator", method: $0 as any Configurable.Type)
        }
        return [optimizer, accelerator].compactMap { $0 }
    }
}
