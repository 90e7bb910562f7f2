import ArgumentParser
import Foundation
import Slipstream

/// The root command.
struct SlipstreamTool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slipstream",
        abstract: "Trains convolutional networks kept in ONNX files, and makes their training converge sooner.",
        version: SlipstreamPackage.version,
        subcommands: [New.self, Train.self, Evaluate.self, Predict.self, Inspect.self, Bench.self])
}

/// The entry point: wrong usage ends with status 2, any other failure with 1, and either with a sentence on standard error.
@main
enum Main {
    static func main() {
        // A reader that goes away (`slipstream … | head`) ends the program quietly, as with any Unix tool.
        signal(SIGPIPE, SIG_DFL)
        // A file that outgrows a limit is reported as a failed write, not as a killed process.
        signal(SIGXFSZ, SIG_IGN)
        SlipstreamPackage.registerPlugins()
        do {
            var command = try SlipstreamTool.parseAsRoot()
            try command.run()
        } catch {
            let code = SlipstreamTool.exitCode(for: error)
            if code == .success { SlipstreamTool.exit(withError: error) }
            if let interruption = error as? Interruption {
                Terminal.complain(interruption.description)
                exit(interruption.exitCode)
            }
            if code == .validationFailure {
                FileHandle.standardError.write(Data((SlipstreamTool.fullMessage(for: error) + "\n").utf8))
                exit(2)
            }
            Terminal.complain("error: \(Failure.describe(error))")
            exit(1)
        }
    }
}
