import ArgumentParser
import Slipstream

/// Options that set what rules can be tuned by; each has the name of a setting.
protocol RuleSettings: ParsableArguments {
    /// The settings that were given, by name.
    var given: [String: Double] { get }
}

extension RuleSettings {
    /// What `--help` says of a setting: whose it is, what it does, and its values if none is given.
    static func help(_ setting: Setting) -> ArgumentHelp {
        let owners = OptimizerTable.rules(with: setting.name)
        var text = "\(owners.map { $0.name }.joined(separator: ", ")): \(setting.summary)"
        if setting.range != .flag { text += " (default: \(standard(setting.name, owners)))" }
        return ArgumentHelp(text, valueName: setting.range.isWhole ? "n" : "x")
    }

    /// The value if none is given: one for all rules, or one for each that differs.
    private static func standard(_ name: String, _ owners: [any Optimizer.Type]) -> String {
        let values = owners.map { owner in
            (owner.name, owner.settings.first { $0.name == name }?.standardText ?? "")
        }
        guard let first = values.first?.1 else { return "" }
        let others = values.filter { $0.1 != first }.map { "\($0.0): \($0.1)" }
        return ([first] + others).joined(separator: "; ")
    }

    /// The values of options that were given.
    static func collect(_ pairs: [(Setting, Double?)], flags: [(Setting, Bool)] = []) -> [String: Double] {
        var given: [String: Double] = [:]
        for (setting, value) in pairs { given[setting.name] = value }
        for (setting, isOn) in flags where isOn { given[setting.name] = 1 }
        return given
    }
}
