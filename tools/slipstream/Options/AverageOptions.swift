import ArgumentParser
import Slipstream

/// What the averages of weights are tuned by.
struct AverageOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "uniform-average, exponential-average: how many epochs are averaged. "
                + "(default: \(UniformAverage.window.standardText))", valueName: "n"))
    var averageWindow: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "exponential-average: what an epoch counts relative to the next. "
                + "(default: \(ExponentialAverage.decay.standardText))", valueName: "x"))
    var averageDecay: Double?

    /// The settings that were given, by name.
    var given: [String: Double] {
        var settings: [String: Double] = [:]
        settings[UniformAverage.window.name] = averageWindow.map(Double.init)
        settings[ExponentialAverage.decay.name] = averageDecay
        return settings
    }

    /// Refuses options that the accelerator does not have.
    ///
    /// - Throws: a usage error that says whose they are.
    func check(_ accelerator: String) throws {
        let averages = [UniformAverage.name, ExponentialAverage.name]
        for (option, isGiven, owners) in [
            ("--average-window", averageWindow != nil, averages),
            ("--average-decay", averageDecay != nil, [ExponentialAverage.name]),
        ] where isGiven && !owners.contains(accelerator) {
            throw ValidationError("\(option) needs --accelerator \(owners.listed)")
        }
    }
}
