import ArgumentParser
import Slipstream

/// `slipstream train`
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the network of an ONNX file, and write the file back with better weights.",
        usage: """
            slipstream train --model <file> --data <data> --epochs <n>
                   --batch-size <n> --optimizer <rule> [--learning-rate <x>]
                   --output <folder> [<options>]
            """,
        discussion: """
            The output folder gets model.onnx (the best plain network), accelerated.onnx (the best extrapolated one), \
            metrics.jsonl, report.html, run.json and checkpoint.safetensors. Ctrl-C writes a checkpoint; --resume goes \
            on from it to the same bits.
            """)

    @OptionGroup(title: "Network and data") var source: SourceOptions
    @OptionGroup(title: "Fine-tuning") var fineTuning: FineTuningOptions
    @OptionGroup(title: "Training") var loop: LoopOptions
    @OptionGroup(title: "Network and data") var dimensions: BatchOption
    @OptionGroup(title: "Training") var normalization: BatchNormOption
    @OptionGroup(title: "Training") var augmentation: AugmentationOptions
    @OptionGroup(title: "Optimizer") var rule: RuleOptions
    @OptionGroup(title: "Accelerator") var acceleration: AcceleratorOptions
    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws { try fineTuning.check(rule.makeOptimizer()) }

    func run() throws {
        let signals = StopSignals()
        let prepared = try FineTuning(
            source.model, fineTuning, batch: dimensions.dimension(), batchNorm: normalization.batchNorm, seed: loop.seed
        )
        let model = prepared.model
        try prepared.report()
        do { try model.checkWritable() } catch { throw ModelFileError(path: source.model, cause: error) }
        var settings = try trainingSettings()
        settings.rateMultipliers = prepared.multipliers
        settings.preparation = prepared.preparation
        for remark in try settings.remarks + [source.remark].compactMap({ $0 }) { Terminal.complain("note: \(remark)") }
        let checkpoint = RunDirectory.checkpoint(in: output.output)
        let network = try model.network()
        let images = try source.training().load(defaultSplit: .train)
        let trainer = try Trainer(
            network: network, training: images,
            validation: source.measured().load(defaultSplit: .test), settings: settings, checkpointPath: checkpoint)
        let directory = try RunDirectory(
            output.output, model: model, record: RunRecord(self, settings), policy: output.policy)
        if directory.hasCheckpoint {
            try trainer.resume(from: checkpoint)
        } else if output.resume {
            // A run that was killed before its first checkpoint has lost nothing: it starts over.
            Terminal.complain("note: \(output.output) holds no checkpoint yet; the run starts from the beginning")
        }
        let done = trainer.state.epoch
        guard settings.epochs >= done else {
            throw TrainingError.badSetting(
                name: "--epochs", value: "\(settings.epochs)",
                allowed: "at least \(done): so many are done in \(output.output)")
        }
        if done == settings.epochs {
            Terminal.complain("note: the run is done, \(done) of \(done) epochs; a larger --epochs goes on")
        } else {
            if settings.batchSize > images.count {
                Terminal.complain(
                    "note: every step takes all images that are trained on: there are \(images.count), and "
                        + "--batch-size is \(settings.batchSize)")
            }
            try directory.begin()
            if try follow(trainer, directory, signals) == .stopped, let signal = signals.received {
                try directory.pause(trainer.state)
                throw Interruption(signal: signal, directory: output.output)
            }
        }
        try directory.finish(trainer.state)
        try Terminal.say(Outcome(state: trainer.state, directory: directory).text)
    }

    private func trainingSettings() throws -> TrainingSettings {
        var settings = TrainingSettings(
            epochs: loop.epochs, batchSize: loop.batchSize, persistency: loop.persistency,
            optimizer: try rule.makeOptimizer(),
            learningRate: rule.firstLearningRate, schedule: try rule.learningRateSchedule(),
            acceleration: try acceleration.acceleration(), augmentations: try augmentation.augmentations(),
            seed: loop.seed, workers: engine.workers,
            backends: try engine.backends())
        settings.stages = try rule.stages()
        settings.clipping = try rule.clipping()
        settings.freezesZerosFrom = rule.freezeZeros
        return settings
    }

    /// Trains, with a bar on a terminal and a line an epoch.
    private func follow(
        _ trainer: Trainer, _ directory: RunDirectory, _ signals: StopSignals
    ) throws -> Trainer.Outcome {
        let table = EpochTable(
            epochs: loop.epochs, gradients: loop.persistency > 1 ? trainer.stepsPerEpoch : nil,
            isAccelerated: trainer.settings.acceleration != nil, isSparse: trainer.settings.seeksZeros,
            width: Terminal.outputColumns)
        try Terminal.say(table.header)
        var bar = ProgressBar()
        var events = TrainingEvents()
        events.shouldStop = { signals.received != nil }
        events.stepped = { bar.update($0) }
        events.finishedEpoch = { state in
            try directory.record(state)
            bar.clear()
            if let metrics = state.history.last { try Terminal.say(table.line(metrics)) }
        }
        defer { bar.clear() }
        return try trainer.run(events)
    }
}
