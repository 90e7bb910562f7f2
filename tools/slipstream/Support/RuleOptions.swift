import ArgumentParser
import Slipstream

/// The update rule and its learning rate.
struct RuleOptions: ParsableArguments {
    @Option(help: "The update rule: sgd or adam.")
    var optimizer: String

    @Option(help: "The learning rate at the start.")
    var learningRate: Double

    @Option(help: "How it changes: constant, linear:FINAL:EPOCHS or step:E1,E2,…:FACTOR.")
    var schedule = "constant"

    @Option(help: "sgd: the part of the velocity that is kept from step to step (default: 0).")
    var momentum: Double?

    @Flag(help: "sgd: Nesterov's momentum instead of the classical one.")
    var nesterov = false

    @Option(help: "The factor of the squared weights' penalty (default: 0).")
    var weightDecay: Double?

    func validate() throws {
        guard learningRate.isFinite, learningRate > 0 else {
            throw ValidationError("--learning-rate is \(learningRate), but must be a finite number above 0.")
        }
        do {
            _ = try learningRateSchedule()
            _ = try makeOptimizer()
        } catch { throw ValidationError("\(error).") }
    }

    /// The schedule.
    func learningRateSchedule() throws -> any LearningRateSchedule { try ScheduleTable.parse(schedule) }

    /// The rule; a setting that it does not have is an error.
    func makeOptimizer() throws -> any Optimizer {
        var settings: [String: Double] = [:]
        settings["momentum"] = momentum
        settings["weight-decay"] = weightDecay
        if nesterov { settings["nesterov"] = 1 }
        return try OptimizerTable.make(optimizer, settings: settings)
    }
}
