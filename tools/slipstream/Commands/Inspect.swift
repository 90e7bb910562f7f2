import ArgumentParser
import Slipstream

/// `slipstream inspect`
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what an ONNX file holds, whether it can be trained, and what it is compiled to.",
        usage: """
            slipstream inspect <file> [--parameters] [--batch <n>] [--json]
            slipstream inspect <file> --plan [--batch-size <n>] [--mode <mode>]
                   [<options>]
            """)

    @Argument(help: ArgumentHelp("The ONNX file.", valueName: "file"))
    var model: String

    @Flag(help: "List the parameters too: what --freeze and --learning-rate-multiplier match.")
    var parameters = false

    @Flag(help: "Show the compiled program instead: nodes, kernels, layouts and memory.")
    var plan = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Images a step of the program that --plan shows. (default: 1, or what the file fixes)", valueName: "n"))
    var batchSize: Int?

    @Option(help: ArgumentHelp("What the program that --plan shows is for. (default: train)", valueName: "mode"))
    var mode: Bench.Mode?

    @OptionGroup var dimensions: BatchOption
    @OptionGroup var engine: EngineOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let batchSize, batchSize < 1 {
            throw ValidationError("--batch-size is \(batchSize), but must be at least 1")
        }
        guard !(plan && parameters) else { throw ValidationError("--parameters and --plan exclude each other") }
        let isGiven = batchSize != nil || mode != nil || engine.threads != nil || engine.backend != "auto"
        guard plan || !isGiven else {
            throw ValidationError(
                "--batch-size, --mode, --threads and --backend are about the program that --plan shows")
        }
    }

    func run() throws {
        if plan {
            let summary = try PlanSummary(
                path: model, newBatch: dimensions.dimension(), batch: batchSize, isTraining: mode != .infer,
                compiler: engine.compiler())
            return try Terminal.say(json ? JSONText.pretty(summary) : summary.text(width: Terminal.outputColumns))
        }
        let summary = try ModelSummary(path: model, batch: dimensions.dimension(), listsParameters: parameters)
        try Terminal.say(json ? JSONText.pretty(summary) : summary.text(width: Terminal.outputColumns))
    }
}
