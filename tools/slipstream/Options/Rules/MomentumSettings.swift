import ArgumentParser
import Slipstream

/// Momentum and weight decay.
struct MomentumSettings: RuleSettings {
    @Option(parsing: .unconditional, help: Self.help(SGD.momentum)) var momentum: Double?
    @Flag(help: Self.help(SGD.nesterov)) var nesterov = false
    @Option(parsing: .unconditional, help: Self.help(WeightDecay.rate)) var weightDecay: Double?
    @Flag(help: Self.help(WeightDecay.weightsOnly)) var decayWeightsOnly = false

    var given: [String: Double] {
        Self.collect(
            [(SGD.momentum, momentum), (WeightDecay.rate, weightDecay)],
            flags: [(SGD.nesterov, nesterov), (WeightDecay.weightsOnly, decayWeightsOnly)])
    }
}
