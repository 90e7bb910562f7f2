import ArgumentParser
import Foundation

/// How the program ends when something went wrong: a sentence on standard error and a status.
enum Failure {
    /// Ends the process: with 2 for wrong usage, 128 + the signal's number for a run that was stopped, 0 for a request for
    /// help, 1 for anything else.
    static func end(with error: any Error) -> Never {
        switch SlipstreamTool.exitCode(for: error) {
        case .success: SlipstreamTool.exit(withError: error)
        case .validationFailure:
            let words = CommandWords(Array(CommandLine.arguments.dropFirst()))
            let message = words.misspelling ?? SlipstreamTool.message(for: error)
            Terminal.complain("error: \(message.prefix(1).lowercased())\(message.dropFirst())\n  \(helpHint)")
            exit(2)
        default: break
        }
        if let interruption = error as? Interruption {
            Terminal.complain(interruption.description)
            exit(interruption.exitCode)
        }
        // What there is to say has been said.
        if let code = error as? ExitCode { exit(code.rawValue) }
        Terminal.complain("error: \(describe(error))")
        exit(1)
    }

    /// Where the command that was tried is explained.
    private static var helpHint: String {
        let names = SlipstreamTool.configuration.subcommands.map { $0._commandName }
        let command = CommandLine.arguments.dropFirst().first { names.contains($0) }
        return "See '\((["slipstream"] + [command].compactMap { $0 } + ["--help"]).joined(separator: " "))'."
    }

    /// One sentence about an error; Foundation's own are shortened to what concerns the user.
    private static func describe(_ error: any Error) -> String {
        error is CocoaError ? error.localizedDescription : "\(error)"
    }
}
