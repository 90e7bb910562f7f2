import ArgumentParser
import Foundation
import Slipstream

/// The root command.
struct SlipstreamTool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slipstream",
        abstract: "Train convolutional networks kept in ONNX files, and make their training converge sooner.",
        version: SlipstreamPackage.version,
        subcommands: [
            New.self, LRFind.self, Train.self, Evaluate.self, Predict.self, Inspect.self, Bench.self, BenchRNA.self,
            Check.self, Convex.self, Prune.self, SpectrumCommand.self, Extrapolate.self, Plugins.self,
        ])
}

/// The entry point.
@main
enum Main {
    static func main() {
        // A reader that goes away (`slipstream … | head`) ends the program quietly, as with any Unix tool.
        signal(SIGPIPE, SIG_DFL)
        // A file that outgrows a limit is reported as a failed write, not as a killed process.
        signal(SIGXFSZ, SIG_IGN)
        SlipstreamPackage.registerPlugins()
        SlipstreamPackage.endIdleThreads()
        if let folders = ProcessInfo.processInfo.environment[PluginLoader.pathVariable] {
            PluginLoader.shared.loadAll(in: folders)
        }
        do {
            try CommandWords(Array(CommandLine.arguments.dropFirst())).refuseRepetitions()
            var command = try SlipstreamTool.parseAsRoot()
            try command.run()
        } catch {
            Failure.end(with: error)
        }
    }
}
