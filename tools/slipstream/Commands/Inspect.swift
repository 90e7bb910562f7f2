import ArgumentParser
import Slipstream

/// `slipstream inspect`
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what an ONNX file holds, and whether it can be trained.")

    @Argument(help: ArgumentHelp("The ONNX file.", valueName: "file"))
    var model: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let summary = try ModelSummary(path: model)
        try Terminal.say(json ? JSONText.pretty(summary) : summary.text(width: Terminal.outputColumns))
    }
}
