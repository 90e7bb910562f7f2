import ArgumentParser
import Slipstream

/// The update rule of a range test: all but the learning rate.
struct RangeTestRuleOptions: ParsableArguments {
    @OptionGroup var plugins: PluginOptions

    @Option(
        help: ArgumentHelp(
            "The update rule: \(OptimizerTable.names.filter { (try? OptimizerTable.find($0).usesLearningRate) == true }.listed).",
            valueName: "rule"))
    var optimizer = SGD.name

    @OptionGroup var settings: RuleSettingOptions

    func validate() throws {
        let rule = type(of: try settings.validated(optimizer))
        guard rule.usesLearningRate else {
            throw ValidationError(
                "--optimizer is \(rule.name), which finds its own step length: there is no learning rate to find")
        }
    }

    /// The rule; a setting that it does not have is an error.
    func makeOptimizer() throws -> any Optimizer { try settings.validated(optimizer) }
}
