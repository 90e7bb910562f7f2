import Buffers

/// Every optimizer by name: those of this module and those that plugins registered.
public enum OptimizerTable {
    /// This module's rules. A new rule is one file and one entry here.
    public static let builtIn: [any Optimizer.Type] = [
        SGD.self, Adam.self, AdamW.self, AdaGrad.self, Adadelta.self, RMSProp.self, AdaptiveNesterov.self, Neumann.self,
        SDA.self, RDA.self, ProxSGD.self,
    ]

    /// What a plugin registers its rules under.
    public static let kind = PluginKind<any Optimizer.Type>("optimizer")

    /// All names, built-in ones first.
    public static var names: [String] {
        let own = builtIn.map { $0.name }
        return own + PluginRegistry.shared.names(kind: kind).filter { !own.contains($0) }
    }

    /// The rule called `name`.
    ///
    /// - Throws: ``OptimizerError/unknownRule(name:known:)``, which lists the names that exist.
    public static func find(_ name: String) throws(OptimizerError) -> any Optimizer.Type {
        if let rule = builtIn.first(where: { $0.name == name }) { return rule }
        guard let rule = try? PluginRegistry.shared.find(name, kind: kind) else {
            throw .unknownRule(name: name, known: names)
        }
        return rule
    }

    /// This module's rules that have a setting of that name.
    public static func rules(with setting: String) -> [any Optimizer.Type] {
        builtIn.filter { $0.settings.contains { $0.name == setting } }
    }

    /// Makes the rule called `name` from named settings.
    ///
    /// - Throws: ``OptimizerError`` for an unknown rule, an unknown setting or a value that is not allowed.
    public static func make(_ name: String, settings: [String: Double] = [:]) throws(OptimizerError) -> any Optimizer {
        let rule = try find(name)
        do { return try rule.init(settings: settings) } catch { throw .setting(error) }
    }
}
