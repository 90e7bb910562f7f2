import ArgumentParser
import Foundation
import Slipstream

/// `slipstream lr-find`
struct LRFind: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lr-find",
        abstract: "Find a learning rate: train with one that rises until the loss diverges.",
        usage: """
            slipstream lr-find --model <file> --data <data> --batch-size <n>
                   --output <folder> [<options>]
            """,
        discussion: """
            The output folder gets lr-find.html, loss and accuracy against the learning rate, and lr-find.json, the same \
            as numbers. The network's file stays as it is. Give the batch size, the rule and its settings that training \
            will use.
            """)

    static let page = "lr-find.html"
    static let numbers = "lr-find.json"

    @Option(help: ArgumentHelp("The ONNX file.", valueName: "file"))
    var model: String

    @Option(help: DataArgument.help)
    var data: String

    @Option(parsing: .unconditional, help: ArgumentHelp("Images a step.", valueName: "n"))
    var batchSize: Int

    @Option(parsing: .unconditional, help: ArgumentHelp("The first learning rate.", valueName: "x"))
    var from = 1e-5

    @Option(parsing: .unconditional, help: ArgumentHelp("The learning rate to rise to.", valueName: "x"))
    var to = 1.0

    @Option(help: ArgumentHelp("How it rises: linear or exponential.", valueName: "form"))
    var rise = RangeTestSettings.Rise.exponential

    @Option(parsing: .unconditional, help: ArgumentHelp("Passes over the training data.", valueName: "n"))
    var epochs = 3

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Stop where the smoothed loss is so many times its least.", valueName: "x"))
    var divergence = 4.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Determines the order of the images, and all that is random.", valueName: "n"))
    var seed: UInt64 = 0

    @OptionGroup var rule: RangeTestRuleOptions
    @OptionGroup var dimensions: BatchOption
    @OptionGroup var normalization: BatchNormOption
    @OptionGroup var fineTuning: FineTuningOptions
    @OptionGroup var augmentation: AugmentationOptions
    @OptionGroup var engine: EngineOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "folder"))
    var output: String

    func validate() throws {
        guard batchSize >= 1 else { throw ValidationError("--batch-size is \(batchSize), but must be at least 1") }
        guard (1...1_000_000).contains(epochs) else {
            throw ValidationError("--epochs is \(epochs), but must be from 1 to 1000000")
        }
        guard from.isFinite, rise == .linear ? from >= 0 : from > 0 else {
            throw ValidationError(
                "--from is \(from), but must be a finite number "
                    + (rise == .linear ? "from 0 on" : "above 0 where it rises exponentially"))
        }
        guard to.isFinite, to > from else {
            throw ValidationError("--to is \(to), but must be a finite number above --from, \(from)")
        }
        guard divergence > 1 else { throw ValidationError("--divergence is \(divergence), but must be above 1") }
        _ = try DataArgument.parse(data, option: "--data")
        try fineTuning.check(rule.makeOptimizer())
    }

    func run() throws {
        let prepared = try FineTuning(
            model, fineTuning, batch: dimensions.dimension(), batchNorm: normalization.batchNorm, seed: seed)
        try prepared.report()
        let network = try prepared.model.network()
        let dataset = try DataArgument.parse(data, option: "--data").load(defaultSplit: .train)
        var settings = RangeTestSettings(
            lowest: from, highest: to, rise: rise, epochs: epochs, batchSize: batchSize,
            optimizer: try rule.makeOptimizer(), divergence: divergence,
            augmentations: try augmentation.augmentations(), seed: seed, workers: engine.workers,
            backends: try engine.backends())
        settings.rateMultipliers = prepared.multipliers
        let test = try LearningRateRangeTest(network: network, training: dataset, settings: settings)
        // A folder that cannot be made is found out before the work is done.
        try RunDirectory.make(output)
        var bar = ProgressBar()
        let range = try test.run { bar.update($0) }
        bar.clear()
        try AtomicFile.write(Data((JSONText.pretty(range) + "\n").utf8), to: "\(output)/\(Self.numbers)")
        let page = RangeTestReport(description: try description(settings, dataset), range: range).html()
        try AtomicFile.write(Data(page.utf8), to: "\(output)/\(Self.page)")
        try Terminal.say(text(range))
    }

    private func text(_ range: LearningRateRange) -> String {
        let last = range.points.last.map { Figures.setting(rounded($0.learningRate)) } ?? "the first step"
        let tried = "\(range.points.count) of \(range.steps) steps, up to \(last)"
        let none = "none: the loss never fell"
        let outcome =
            range.end == .diverged
            ? ", where the loss diverged"
            : range.isStillFalling ? ", where the loss was still falling: a larger --to tells more" : ""
        let lines = [
            (
                "steepest fall of the loss",
                range.steepest.map { "learning rate \(Figures.setting(rounded($0)))" } ?? none
            ),
            (
                "a tenth of the minimum's",
                range.tenthOfMinimum.map { "learning rate \(Figures.setting(rounded($0)))" } ?? none
            ),
            ("tried", tried + outcome),
            ("picture", "\(output)/\(Self.page)"),
        ]
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { "\($0.0.padded(width))  \($0.1)" }.joined(separator: "\n")
    }

    /// A learning rate to two digits: more would promise what the test does not give.
    private func rounded(_ rate: Double) -> Double { Double(String(format: "%.1e", rate)) ?? rate }

    private func description(_ settings: RangeTestSettings, _ dataset: any Dataset) throws -> RunDescription {
        let name = URL(fileURLWithPath: model).lastPathComponent
        let rule = type(of: settings.optimizer)
        var entries = [
            RunDescription.Entry("model", model), .init("data", dataset.name), .init("batch-size", "\(batchSize)"),
            .init("from", Figures.setting(from)), .init("to", Figures.setting(to)), .init("rise", rise.rawValue),
            .init("epochs", "\(epochs)"), .init("divergence", Figures.setting(divergence)),
            .init("augment", settings.augmentations.description), .init("seed", "\(seed)"),
            .init("optimizer", rule.name),
        ]
        for (name, values) in [
            ("freeze", fineTuning.freeze), ("learning-rate-multiplier", fineTuning.learningRateMultiplier),
        ]
        where !values.isEmpty { entries.append(.init(name, values.joined(separator: " "))) }
        if let classes = fineTuning.replaceHead { entries.append(.init("replace-head", "\(classes)")) }
        entries += settings.optimizer.values.sorted { $0.key < $1.key }.map {
            .init($0.key, RunRecord.Value($0.value, of: $0.key, in: rule.settings).text)
        }
        return RunDescription(
            title: "\(name) on \(dataset.name)", settings: entries,
            environment: [
                .init("machine", Machine.description), .init("threads", "\(engine.workers.count)"),
                .init("backends", settings.backends.backends.map(\.name).joined(separator: ", ")),
                .init("slipstream", SlipstreamPackage.version),
            ])
    }
}

extension RangeTestSettings.Rise: ExpressibleByArgument {}
