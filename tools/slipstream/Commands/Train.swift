import ArgumentParser
import Foundation
import Slipstream

/// `slipstream train`
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the network of an ONNX file, and write the file back with better weights.",
        discussion: """
            The output folder gets model.onnx (the best plain network), accelerated.onnx (the best extrapolated one), \
            metrics.jsonl, report.html, run.json and checkpoint.safetensors. Ctrl-C writes a checkpoint; --resume goes \
            on from it to the same bits.
            """)

    @Option(help: "The ONNX file to train.")
    var model: String

    @Option(help: DataArgument.help)
    var data: String

    @Option(help: "Data set to measure on after every epoch; by default the test split of --data.")
    var validation: String?

    @Option(help: "Passes over the training data.")
    var epochs: Int

    @Option(help: "Images a step.")
    var batchSize: Int

    @OptionGroup(title: "Optimizer") var rule: RuleOptions

    @OptionGroup(title: "Accelerator") var acceleration: AcceleratorOptions

    @Option(help: "Determines the order of the images and random operators.")
    var seed: UInt64 = 0

    @OptionGroup(title: "Engine") var engine: EngineOptions

    @Option(name: .shortAndLong, help: "The folder to write to.")
    var output: String

    @Flag(help: "Continue the run in the output folder.")
    var resume = false

    @Flag(help: "Replace the run in the output folder.")
    var overwrite = false

    func validate() throws {
        _ = try DataArgument.parse(data, option: "--data")
        if let validation { _ = try DataArgument.parse(validation, option: "--validation") }
        guard epochs >= 1 else { throw ValidationError("--epochs is \(epochs), but must be at least 1.") }
        guard batchSize >= 1 else { throw ValidationError("--batch-size is \(batchSize), but must be at least 1.") }
        guard !(resume && overwrite) else { throw ValidationError("--resume and --overwrite exclude each other.") }
    }

    func run() throws {
        let source = try ModelFile.read(model, remarks: true)
        try source.checkWritable()
        let training = try DataArgument.parse(data, option: "--data")
        let measured = try validation.map { try DataArgument.parse($0, option: "--validation") } ?? training.forTesting
        let settings = TrainingSettings(
            epochs: epochs, batchSize: batchSize, optimizer: try rule.makeOptimizer(), learningRate: rule.learningRate,
            schedule: try rule.learningRateSchedule(), acceleration: try acceleration.acceleration(), seed: seed,
            workers: engine.workers, backends: try engine.backends())
        let trainer = try Trainer(
            network: source.network(), training: training.load(defaultSplit: .train),
            validation: measured.load(defaultSplit: .test), settings: settings,
            checkpointPath: RunDirectory.checkpoint(in: output))
        let directory = try RunDirectory(
            output, model: source, record: RunRecord(self, settings, training, measured), resume: resume,
            overwrite: overwrite)
        if resume {
            // A run that was killed before its first checkpoint has lost nothing: it starts over.
            if FileManager.default.fileExists(atPath: RunDirectory.checkpoint(in: output)) {
                try trainer.resume(from: RunDirectory.checkpoint(in: output))
            } else {
                Terminal.complain("note: \(output) holds no checkpoint yet; the run starts from the beginning")
            }
        }
        try directory.begin(trainer.state)
        let outcome = try follow(trainer, directory)
        if let signal = outcome { throw Interruption(signal: signal, directory: output) }
        try directory.finish(trainer.state)
        print(RunText.summary(trainer.state, directory: output))
    }

    /// Trains, with a bar on a terminal and a line an epoch.
    ///
    /// - Returns: the signal that stopped the run, if one did.
    private func follow(_ trainer: Trainer, _ directory: RunDirectory) throws -> Int32? {
        let signals = StopSignals()
        var bar = ProgressBar()
        var events = TrainingEvents()
        events.shouldStop = { signals.received != nil }
        events.stepped = { bar.update($0) }
        events.finishedEpoch = { state in
            bar.clear()
            try directory.record(state)
            if let metrics = state.history.last { print(RunText.line(metrics, epochs: epochs)) }
        }
        defer { bar.clear() }
        return try trainer.run(events) == .stopped ? signals.received : nil
    }
}

extension DatasetSpecification {
    /// The same data's test split, whatever split was asked for.
    var forTesting: DatasetSpecification {
        var other = self
        other.split = .test
        return other
    }
}
