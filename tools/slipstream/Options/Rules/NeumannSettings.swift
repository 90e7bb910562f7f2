import ArgumentParser
import Slipstream

/// Settings of the Neumann optimizer.
struct NeumannSettings: RuleSettings {
    @Option(parsing: .unconditional, help: Self.help(Neumann.warmup)) var warmupEpochs: Double?
    @Option(parsing: .unconditional, help: Self.help(Neumann.reset)) var resetEpochs: Double?
    @Option(parsing: .unconditional, help: Self.help(Neumann.cubic)) var cubic: Double?
    @Option(parsing: .unconditional, help: Self.help(Neumann.repulsion)) var repulsion: Double?
    @Option(parsing: .unconditional, help: Self.help(Neumann.regulariserLimit)) var regulariserLimit: Double?
    @Option(parsing: .unconditional, help: Self.help(Neumann.averaging)) var averaging: Double?
    @Option(parsing: .unconditional, help: Self.help(Neumann.momentumMinimum)) var momentumMinimum: Double?
    @Option(parsing: .unconditional, help: Self.help(Neumann.momentumMaximum)) var momentumMaximum: Double?

    var given: [String: Double] {
        Self.collect([
            (Neumann.warmup, warmupEpochs), (Neumann.reset, resetEpochs), (Neumann.cubic, cubic),
            (Neumann.repulsion, repulsion), (Neumann.regulariserLimit, regulariserLimit),
            (Neumann.averaging, averaging), (Neumann.momentumMinimum, momentumMinimum),
            (Neumann.momentumMaximum, momentumMaximum),
        ])
    }
}
