import ArgumentParser
import Slipstream

/// Settings of the rule with Polyak's step length.
struct PolyakSettings: RuleSettings {
    @Option(parsing: .unconditional, help: Self.help(AdaptiveNesterov.confidence)) var confidence: Double?
    @Option(parsing: .unconditional, help: Self.help(AdaptiveNesterov.leastLoss)) var leastLoss: Double?
    @Option(parsing: .unconditional, help: Self.help(AdaptiveNesterov.squareMinimum)) var squareMinimum: Double?
    @Option(parsing: .unconditional, help: Self.help(AdaptiveNesterov.squareMaximum)) var squareMaximum: Double?
    @Option(parsing: .unconditional, help: Self.help(AdaptiveNesterov.stepMinimum)) var stepMinimum: Double?
    @Option(parsing: .unconditional, help: Self.help(AdaptiveNesterov.stepMaximum)) var stepMaximum: Double?

    var given: [String: Double] {
        Self.collect([
            (AdaptiveNesterov.confidence, confidence), (AdaptiveNesterov.leastLoss, leastLoss),
            (AdaptiveNesterov.squareMinimum, squareMinimum), (AdaptiveNesterov.squareMaximum, squareMaximum),
            (AdaptiveNesterov.stepMinimum, stepMinimum), (AdaptiveNesterov.stepMaximum, stepMaximum),
        ])
    }
}
