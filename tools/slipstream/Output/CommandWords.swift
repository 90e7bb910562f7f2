import ArgumentParser
import Foundation
import Slipstream

/// The command's and the options' names on the command line, judged apart from the parser: it takes the last of options
/// that stand there twice, and complains of missing options before it complains of misspelt ones.
struct CommandWords {
    private let command: String?
    private let options: [String]

    /// - Parameter arguments: all words behind the program's name.
    init(_ arguments: [String]) {
        command = arguments.first.flatMap { $0.hasPrefix("-") ? nil : $0 }
        // Options' values may hold anything, an equals sign too.
        options = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("-") }.map {
            String($0.prefix { $0 != "=" })
        }
    }

    /// Refuses options that stand there twice: which of the values is meant cannot be known.
    ///
    /// - Throws: a usage error.
    func refuseRepetitions() throws {
        // What the parser knows is written out for this, which costs more than all else: mostly there is no need.
        guard Set(options).count < options.count || options.contains(where: { !$0.hasPrefix("--") }),
            let known = knownOptions()
        else { return }
        var seen: Set<String> = []
        for option in options {
            guard let found = known.first(where: { $0.words.contains(option) }), !found.isRepeating else { continue }
            guard seen.insert(found.words.first ?? option).inserted else {
                throw ValidationError("\(option) is given twice")
            }
        }
    }

    /// What is wrong with the names, in a sentence with the nearest right one; `nil` if nothing is.
    var misspelling: String? {
        let commands = SlipstreamTool.configuration.subcommands.map { $0._commandName }
        if let command, command != "help", !commands.contains(command) {
            return "there is no command '\(command)'" + Spelling.hint(for: command, among: commands)
        }
        guard let known = knownOptions()?.flatMap(\.words).filter({ $0.hasPrefix("--") }),
            let unknown = options.first(where: { $0.hasPrefix("--") && !known.contains($0) })
        else { return nil }
        return "unknown option '\(unknown)'" + Spelling.hint(for: unknown, among: known)
    }

    private struct Option {
        let words: [String]
        let isRepeating: Bool
    }

    /// The options of the command that was asked for.
    private func knownOptions() -> [Option]? {
        guard let dump = try? JSONDecoder().decode(Dump.self, from: Data(SlipstreamTool._dumpHelp().utf8)),
            let asked = dump.command.subcommands?.first(where: { $0.commandName == command })
        else { return nil }
        return asked.arguments?.map { argument in
            let words = argument.names?.map { ($0.kind == "short" ? "-" : "--") + $0.name } ?? []
            return Option(words: words.sorted { $0.count > $1.count }, isRepeating: argument.isRepeating)
        }
    }

    /// The part that is used here of what the parser tells of its commands.
    private struct Dump: Decodable {
        struct Command: Decodable {
            let commandName: String
            let subcommands: [Command]?
            let arguments: [Argument]?
        }
        struct Argument: Decodable {
            let names: [Name]?
            let isRepeating: Bool
        }
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let command: Command
    }
}
