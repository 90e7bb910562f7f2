import ArgumentParser
import Slipstream

/// Plugins besides those of the search path.
///
/// Names are checked while the command line is read, and a group is checked as soon as it is read: one that takes names from
/// plugins holds this one as its first member, or stands behind one that does.
struct PluginOptions: ParsableArguments {
    @Option(
        name: .customLong("plugin"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A shared library that brings optimizers or accelerators, besides those in the folders of "
                + "\(PluginLoader.pathVariable); may be given several times.", valueName: "file"))
    var files: [String] = []

    func validate() throws {
        for file in files {
            do { try PluginLoader.shared.load(file) } catch { throw ValidationError("--plugin: \(error)") }
        }
    }

    /// What to add to an error about a name that nothing has.
    static var hint: String {
        let refused = PluginLoader.shared.refused.count
        guard refused > 0 else { return "" }
        return "; \(refused) of the plugins that \(PluginLoader.pathVariable) names "
            + "\(refused == 1 ? "was" : "were") refused: 'slipstream plugins' says why"
    }
}
