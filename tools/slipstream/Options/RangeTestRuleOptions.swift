import ArgumentParser
import Slipstream

/// The update rule of a range test: all but the learning rate.
struct RangeTestRuleOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The update rule: \(OptimizerTable.names.listed).", valueName: "rule"))
    var optimizer = SGD.name

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "sgd: the part of the velocity that is kept from step to step. (default: \(SGD.momentum.standardText))",
            valueName: "x"))
    var momentum: Double?

    @Flag(help: "sgd: Nesterov's momentum instead of the classical one.")
    var nesterov = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The factor of the weights that is added to the gradient. (default: \(WeightDecay.rate.standardText))",
            valueName: "x"))
    var weightDecay: Double?

    func validate() throws {
        do { _ = try makeOptimizer() } catch OptimizerError.setting(let error) {
            throw ValidationError(error.naming { "--\($0)" })
        } catch { throw ValidationError("--optimizer: \(error)") }
    }

    /// The rule; a setting that it does not have is an error.
    func makeOptimizer() throws -> any Optimizer {
        var settings: [String: Double] = [:]
        settings[SGD.momentum.name] = momentum
        settings[WeightDecay.rate.name] = weightDecay
        if nesterov { settings[SGD.nesterov.name] = 1 }
        return try OptimizerTable.make(optimizer, settings: settings)
    }
}
