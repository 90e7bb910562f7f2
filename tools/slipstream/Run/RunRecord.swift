import Foundation
import Slipstream

/// `run.json`: what a run was asked to do, with every default filled in and by the names of the options.
struct RunRecord: Encodable {
    /// A setting's value: JSON has a form of its own for each.
    enum Value: Encodable {
        case text(String)
        case number(Double)
        case integer(Int)
        case flag(Bool)

        /// The value of an optimizer's or accelerator's setting.
        init(_ value: Double, of name: String, in settings: [Setting]) {
            let range = settings.first { $0.name == name }?.range
            self = range == .flag ? .flag(value != 0) : range?.isWhole == true ? .integer(Int(value)) : .number(value)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .flag(let value): try container.encode(value)
            }
        }

        var text: String {
            switch self {
            case .text(let value): value
            case .number(let value): Figures.setting(value)
            case .integer(let value): "\(value)"
            case .flag(let value): value ? "yes" : "no"
            }
        }
    }

    let settings: [String: Value]
    let seed: UInt64
    let versions: [String: String]
    let backend: String
    let backends: [String]
    let threads: Int
    let machine: String

    init(_ command: Train, _ settings: TrainingSettings) throws {
        var values: [String: Value] = [
            "model": .text(command.source.model), "data": .text(try command.source.training().description),
            "validation": .text(try command.source.measured().description), "epochs": .integer(settings.epochs),
            "batch-size": .integer(settings.batchSize), "persistency": .integer(settings.persistency),
            "optimizer": .text(type(of: settings.optimizer).name),
            "augment": .text(settings.augmentations.description),
            "batch-norm": .text(command.normalization.batchNorm.rawValue),
            "accelerator": .text(settings.acceleration.map { type(of: $0.method).name } ?? "none"),
        ]
        if type(of: settings.optimizer).usesLearningRate {
            values["learning-rate"] = .number(settings.learningRate)
            values["schedule"] = .text(settings.schedule.description)
        }
        if let batch = command.dimensions.batch { values["batch"] = .text(batch) }
        if let clipping = settings.clipping { values[GradientClipping.norm.name] = .number(clipping.norm) }
        if let first = settings.freezesZerosFrom { values["freeze-zeros"] = .integer(first) }
        let tuning = command.fineTuning
        if !tuning.freeze.isEmpty { values["freeze"] = .text(tuning.freeze.joined(separator: " ")) }
        if !tuning.learningRateMultiplier.isEmpty {
            values["learning-rate-multiplier"] = .text(tuning.learningRateMultiplier.joined(separator: " "))
        }
        if let classes = tuning.replaceHead { values["replace-head"] = .integer(classes) }
        if !command.rule.stage.isEmpty { values["stage"] = .text(command.rule.stage.joined(separator: "; ")) }
        let rule = type(of: settings.optimizer)
        // A plugin's setting may be called what something else here is called.
        let prefix = PluginLoader.shared.owner(ofOptimizer: rule.name) == nil ? "" : "\(rule.name)-"
        for (name, value) in settings.optimizer.values {
            values[prefix + name] = Value(value, of: name, in: rule.settings)
        }
        if let acceleration = settings.acceleration {
            values.merge(Self.entries(of: acceleration)) { $1 }
        }
        self.settings = values
        seed = settings.seed
        versions = [
            "slipstream": SlipstreamPackage.version, "libonnx": ONNXChecker.release,
            "openblas": SlipstreamPackage.openBLAS,
        ].merging(SlipstreamPackage.oneDNN.map { ["onednn": $0] } ?? [:]) { $1 }
            .merging(Self.plugins(settings)) { $1 }
        backend = try command.engine.firstBackend()
        backends = settings.backends.backends.map(\.name)
        threads = settings.workers.count
        machine = Machine.description
    }

    /// An acceleration's settings, by the names of the options.
    private static func entries(of acceleration: AccelerationSettings) -> [String: Value] {
        let method = type(of: acceleration.method)
        let prefix = method == UniformAverage.self || method == ExponentialAverage.self ? "average" : method.name
        var entries: [String: Value] = [:]
        let general = method == RNA.self ? "rna" : "accelerator"
        entries["\(general)-mode"] = .text(acceleration.mode.rawValue)
        entries["\(general)-guard"] = .text(acceleration.guarding.rawValue)
        entries["\(general)-statistics"] = .text(acceleration.statistics.rawValue)
        for (name, value) in acceleration.method.values {
            entries["\(prefix)-\(name)"] = Value(value, of: name, in: method.settings)
        }
        guard let rna = acceleration.method as? RNA else { return entries }
        // Settings that have other names, or words for values, on the command line.
        for name in [RNA.gradientResiduals.name, RNA.stepSearch.name, RNA.grid.name] { entries["rna-\(name)"] = nil }
        entries["rna-residuals"] = .text(rna.gradientResiduals ? "gradients" : "differences")
        if let grid = RNAGrid.names.first(where: { $0.grid == rna.grid }) {
            entries["rna-\(RNA.regularization.name)"] = nil
            entries["rna-grid"] = .text(grid.name)
            entries["rna-no-step-search"] = .flag(!rna.triesSteps)
        }
        return entries
    }

    /// The versions of the plugins that the run uses.
    private static func plugins(_ settings: TrainingSettings) -> [String: String] {
        let loader = PluginLoader.shared
        let used = [
            loader.owner(ofOptimizer: type(of: settings.optimizer).name),
            settings.acceleration.flatMap { loader.owner(ofAccelerator: type(of: $0.method).name) },
        ]
        return used.compactMap { $0 }.reduce(into: [:]) { $0["plugin \($1.name)"] = $1.version }
    }

    /// What the report says of the run.
    var description: RunDescription {
        let model = URL(fileURLWithPath: settings["model"]?.text ?? "").lastPathComponent
        let entries = settings.sorted { $0.key < $1.key }.map { RunDescription.Entry($0.key, $0.value.text) }
        let engine = [
            RunDescription.Entry("machine", machine), RunDescription.Entry("threads", "\(threads)"),
            RunDescription.Entry("backends", backends.joined(separator: ", ")),
        ]
        return RunDescription(
            title: "\(model) on \(settings["data"]?.text ?? "")",
            settings: entries + [RunDescription.Entry("seed", "\(seed)")],
            environment: engine
                + versions.sorted { $0.key < $1.key }.map { RunDescription.Entry($0.key, $0.value) })
    }
}
