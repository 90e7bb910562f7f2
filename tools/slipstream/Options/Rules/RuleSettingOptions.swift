import ArgumentParser
import Slipstream

/// The settings of every rule.
struct RuleSettingOptions: RuleSettings {
    @OptionGroup var momentum: MomentumSettings
    @OptionGroup var adaptive: AdaptiveSettings
    @OptionGroup var polyak: PolyakSettings
    @OptionGroup var neumann: NeumannSettings
    @OptionGroup var sparse: SparseSettings

    @Option(
        name: .customLong("set"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A setting of the rule by its name, the way to those of plugins; 'slipstream plugins <rule>' lists them. May be "
                + "given several times.", valueName: "name=x"))
    var assignments: [String] = []

    /// The rules that take no learning rate.
    static let free = OptimizerTable.builtIn.filter { !$0.usesLearningRate }.map { $0.name }

    var given: [String: Double] {
        let groups: [any RuleSettings] = [momentum, adaptive, polyak, neumann, sparse]
        return groups.reduce(into: [:]) { $0.merge($1.given) { $1 } }
    }

    /// The rule of a name with the settings that were given, or what is wrong with them in terms of options.
    func validated(_ name: String) throws -> any Optimizer {
        let assigned = try Assignments(assignments, option: "--set")
        let values = try assigned.merging(given) { "--\($0)" }
        do { return try OptimizerTable.make(name, settings: values) } catch OptimizerError.setting(let error) {
            throw ValidationError(
                assigned.describe(
                    error, owners: { OptimizerTable.rules(with: $0).map { $0.name } }, other: Self.describe))
        } catch { throw ValidationError("--optimizer: \(error)\(PluginOptions.hint)") }
    }

    /// An error in terms of options; an option of other rules says whose it is.
    static func describe(_ error: SettingError) -> String {
        guard case .unknown(let name, let owner, _) = error else { return error.naming { "--\($0)" } }
        let owners = OptimizerTable.rules(with: name).map { $0.name }
        return "--\(name) is not for \(owner), but for \(owners.listed)"
    }
}
