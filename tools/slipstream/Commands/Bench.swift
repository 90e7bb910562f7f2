import ArgumentParser
import Foundation
import Slipstream

/// `slipstream bench`
struct Bench: ParsableCommand {
    /// What is timed.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case train, infer
    }

    static let configuration = CommandConfiguration(
        abstract: "Time steps of a network on random images.",
        usage: """
            slipstream bench --model <file> --batch-size <n> --mode <mode>
                   --steps <n> [<options>]
            """,
        discussion: """
            A training step is forward, backward and one SGD update with momentum. With --data, the batches of a data \
            set are timed too, alone and with a step for each.
            """)

    @Option(help: ArgumentHelp("The ONNX file.", valueName: "file"))
    var model: String

    @Option(parsing: .unconditional, help: ArgumentHelp("Images a step.", valueName: "n"))
    var batchSize: Int

    @Option(help: ArgumentHelp("What to time.", valueName: "mode"))
    var mode: Mode

    @Option(parsing: .unconditional, help: ArgumentHelp("Steps to time, after the warm-up.", valueName: "n"))
    var steps: Int

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Steps to run before, which touch all memory.", valueName: "n"))
    var warmUp = 3

    @Option(help: ArgumentHelp("Also steps on this data. \(DataArgument.help.abstract)", valueName: "data"))
    var data: String?

    @OptionGroup var augmentation: AugmentationOptions
    @OptionGroup var dimensions: BatchOption
    @OptionGroup var engine: EngineOptions

    @Flag(help: "Print what each kernel takes instead, the longest first.")
    var profile = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard batchSize >= 1 else { throw ValidationError("--batch-size is \(batchSize), but must be at least 1") }
        guard (1...1_000_000).contains(steps) else {
            throw ValidationError("--steps is \(steps), but must be from 1 to 1000000")
        }
        guard (0...1_000_000).contains(warmUp) else {
            throw ValidationError("--warm-up is \(warmUp), but must be from 0 to 1000000")
        }
        if let data { _ = try DataArgument.parse(data, option: "--data") }
        guard data == nil || !profile else {
            throw ValidationError("--profile is about kernels, which --data does not change: leave one of them out")
        }
        guard data != nil || augmentation.augment == "none" else {
            throw ValidationError("--augment needs --data: random images are not augmented")
        }
    }

    func run() throws {
        let dataset = try data.map { try DataArgument.parse($0, option: "--data").load(defaultSplit: .train) }
        let network = try ModelFile.read(model, batch: dimensions.dimension()).network()
        let benchmark = try StepBenchmark(
            network, batch: batchSize, training: mode == .train, compiler: engine.compiler())
        if profile {
            let profile = KernelProfile(benchmark.profile(steps: steps, warmUp: warmUp))
            return try Terminal.say(json ? JSONText.line(profile) : profile.text)
        }
        let times = try benchmark.measure(steps: steps, warmUp: warmUp)
        let figures = try dataset.map { dataset in
            let loader = try BatchLoader(
                dataset, batchSize: batchSize, shuffleSeed: 0, augmentations: augmentation.augmentations())
            return DataResult(try benchmark.measure(loader, steps: steps, warmUp: warmUp), loader)
        }
        let result = BenchmarkResult(
            times: times, batch: batchSize, benchmark, backend: try engine.firstBackend(),
            threads: engine.workers.count, data: figures)
        try Terminal.say(json ? JSONText.line(result) : result.text)
    }
}
