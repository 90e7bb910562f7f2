import ArgumentParser
import Slipstream

/// Settings of rules that scale each coordinate's step.
struct AdaptiveSettings: RuleSettings {
    @Option(parsing: .unconditional, help: Self.help(Adam.beta1)) var beta1: Double?
    @Option(parsing: .unconditional, help: Self.help(Adam.beta2)) var beta2: Double?
    @Option(parsing: .unconditional, help: Self.help(Adam.epsilon)) var epsilon: Double?
    @Option(parsing: .unconditional, help: Self.help(Adadelta.rho)) var rho: Double?
    @Option(parsing: .unconditional, help: Self.help(RMSProp.smoothing)) var smoothing: Double?
    @Flag(help: Self.help(RMSProp.centred)) var centred = false
    @Option(parsing: .unconditional, help: Self.help(AdaGrad.initialSum)) var initialSum: Double?
    @Option(parsing: .unconditional, help: Self.help(AdaGrad.rateDecay)) var rateDecay: Double?

    var given: [String: Double] {
        Self.collect(
            [
                (Adam.beta1, beta1), (Adam.beta2, beta2), (Adam.epsilon, epsilon), (Adadelta.rho, rho),
                (RMSProp.smoothing, smoothing), (AdaGrad.initialSum, initialSum), (AdaGrad.rateDecay, rateDecay),
            ], flags: [(RMSProp.centred, centred)])
    }
}
