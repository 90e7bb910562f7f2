import ArgumentParser
import Slipstream

/// The update rule, its learning rate and its settings.
struct RuleOptions: ParsableArguments {
    @OptionGroup var plugins: PluginOptions

    @Option(help: ArgumentHelp("The update rule: \(OptimizerTable.names.listed).", valueName: "rule"))
    var optimizer: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The learning rate at the start; not for \(RuleSettingOptions.free.listed), which find their own step length.",
            valueName: "x"))
    var learningRate: Double?

    @Option(
        help: ArgumentHelp("How it changes: \(ScheduleTable.forms.listed). (default: constant)", valueName: "schedule"))
    var schedule: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Shorten gradients to this norm over the whole model. (default: never)", valueName: "x"))
    var clipNorm: Double?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Other settings of the rule from an epoch on, as 100:gamma=0.2,lambda=2e-6; may be given several times.",
            valueName: "epoch:name=x,…"))
    var stage: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Weights that are zero stay zero once so many epochs are done: 0 after pruning, later for adaptive sparse "
                + "retraining. (default: never)", valueName: "epoch"))
    var freezeZeros: Int?

    @OptionGroup var settings: RuleSettingOptions

    func validate() throws {
        let rule = try settings.validated(optimizer)
        try checkLearningRate(type(of: rule))
        do { _ = try learningRateSchedule() } catch { throw ValidationError("--schedule: \(error)") }
        do { _ = try clipping() } catch let error as SettingError {
            throw ValidationError(RuleSettingOptions.describe(error))
        }
        do { try OptimizerStage.check(stages(), after: rule) } catch { throw ValidationError("--stage: \(error)") }
        if let freezeZeros, freezeZeros < 0 {
            throw ValidationError("--freeze-zeros is \(freezeZeros), but must be at least 0")
        }
    }

    private func checkLearningRate(_ rule: any Optimizer.Type) throws {
        guard rule.usesLearningRate else {
            for (option, isGiven) in [("--learning-rate", learningRate != nil), ("--schedule", schedule != nil)]
            where isGiven {
                throw ValidationError("\(option) is not for \(rule.name), which finds its own step length")
            }
            return
        }
        guard let learningRate else { throw ValidationError("--learning-rate is missing: \(rule.name) needs one") }
        guard learningRate.isFinite, learningRate > 0 else {
            throw ValidationError("--learning-rate is \(learningRate), but must be a finite number above 0")
        }
    }

    /// The learning rate of the first step; 0 for a rule that takes none.
    var firstLearningRate: Double { learningRate ?? 0 }

    /// The schedule.
    func learningRateSchedule() throws -> any LearningRateSchedule { try ScheduleTable.parse(schedule ?? "constant") }

    /// The rule; a setting that it does not have is an error.
    func makeOptimizer() throws -> any Optimizer { try settings.validated(optimizer) }

    /// The clipping; `nil` for none.
    func clipping() throws -> GradientClipping? { try clipNorm.map { try GradientClipping(norm: $0) } }

    /// The later stages, each with the settings of the one before but for those that it names.
    func stages() throws -> [OptimizerStage] {
        var rule = try makeOptimizer()
        return try stage.map { text in
            let stage = try OptimizerStage(text, after: rule)
            rule = stage.optimizer
            return stage
        }
    }
}
