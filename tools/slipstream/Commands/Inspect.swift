import ArgumentParser
import Slipstream

/// `slipstream inspect`
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what an ONNX file holds, and whether it can be trained.")

    @Argument(help: "The ONNX file.")
    var model: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let summary = try ModelSummary(path: model)
        print(json ? try JSONText.pretty(summary) : summary.text)
    }
}
