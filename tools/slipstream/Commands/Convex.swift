import ArgumentParser
import Foundation
import Slipstream

/// `slipstream convex`
struct Convex: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Minimise a convex function by several methods side by side.",
        usage: "slipstream convex --data <data> [<options>]",
        discussion: """
            Prints a table of what each method needed. With --output, the folder gets convex.html (suboptimality \
            against gradient evaluations and against seconds, and the table) and convex.json (every step of every \
            method).
            """)

    @OptionGroup(title: "Problem") var problem: ConvexProblemOptions
    @OptionGroup(title: "Methods") var method: ConvexMethodOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most gradient evaluations of a method.", valueName: "n"))
    var gradients = 500.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The relative suboptimality at which a method may stop.", valueName: "x"))
    var tolerance = 1e-10

    @Option(parsing: .unconditional, help: ArgumentHelp("Threads to use. (default: all)", valueName: "n"))
    var threads: Int?

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "folder"))
    var output: String?

    @Flag(help: "Print one JSON object instead of the table.")
    var json = false

    func validate() throws {
        guard gradients > 0, gradients <= 1e6 else {
            throw ValidationError("--gradients is \(gradients), but must be above 0 and at most 1000000")
        }
        guard tolerance > 0, tolerance < 1 else {
            throw ValidationError("--tolerance is \(tolerance), but must be above 0 and below 1")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads), but must be from 1 to 1024")
        }
    }

    func run() throws {
        let methods = try method.make()
        let objective = try problem.objective(threads.map { Workers($0) } ?? .all)
        if let output { try RunDirectory.make(output) }
        let comparison = ConvexComparison(objective)
        let budget = ConvexBudget(gradients: gradients, tolerance: tolerance)
        var traces: [ConvexTrace] = []
        for method in methods {
            traces.append(try comparison.run(method, budget: budget))
        }
        let result = try ConvexResult(self, comparison, objective, traces)
        if let output {
            try AtomicFile.write(Data(JSONText.pretty(result).utf8), to: "\(output)/convex.json")
            try AtomicFile.write(Data(result.page().html().utf8), to: "\(output)/convex.html")
        }
        try Terminal.say(json ? JSONText.line(result.withoutSamples) : result.text)
    }
}
