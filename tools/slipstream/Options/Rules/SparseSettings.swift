import ArgumentParser
import Slipstream

/// Settings of dual averaging and of the proximal rule.
struct SparseSettings: RuleSettings {
    @Option(parsing: .unconditional, help: Self.help(RDA.gamma)) var gamma: Double?
    @Option(parsing: .unconditional, help: Self.help(RDA.lambda)) var lambda: Double?
    @Option(parsing: .unconditional, help: Self.help(RDA.threshold)) var threshold: Double?
    @Option(parsing: .unconditional, help: Self.help(RDA.thresholdEpochs)) var thresholdEpochs: Double?
    @Option(parsing: .unconditional, help: Self.help(RDA.scaleCentre)) var scaleCentre: Double?
    @Option(parsing: .unconditional, help: Self.help(RDA.anchorSteps)) var anchorSteps: Int?

    var given: [String: Double] {
        Self.collect([
            (RDA.gamma, gamma), (RDA.lambda, lambda), (RDA.threshold, threshold),
            (RDA.thresholdEpochs, thresholdEpochs), (RDA.scaleCentre, scaleCentre),
            (RDA.anchorSteps, anchorSteps.map(Double.init)),
        ])
    }
}
