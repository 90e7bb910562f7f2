import ArgumentParser
import Slipstream

/// What of a network is trained, how fast, and whether it gets a new classifier.
struct FineTuningOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Do not train the parameters whose names match, as 'features.*'; '*' stands for any characters, '?' for one. May be "
                + "given several times; 'slipstream inspect <file> --parameters' lists the names.", valueName: "pattern"
        ))
    var freeze: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Multiply the learning rate of the parameters whose names match, as 'features.*=0.1'. May be given several times; "
                + "the last pattern that matches a name counts.", valueName: "pattern=x"))
    var learningRateMultiplier: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Put a fresh classifier of so many classes at the end; --freeze never matches it.", valueName: "classes"))
    var replaceHead: Int?

    func validate() throws {
        _ = try (patterns(), multipliers())
        if let replaceHead, !(2...1_000_000).contains(replaceHead) {
            throw ValidationError("--replace-head is \(replaceHead), but must be from 2 to 1000000 classes")
        }
    }

    /// Checks that a rule can do what is asked.
    func check(_ rule: any Optimizer) throws {
        guard !learningRateMultiplier.isEmpty, let reason = type(of: rule).multiplierObstacle else { return }
        throw ValidationError("--learning-rate-multiplier is not for \(type(of: rule).name): \(reason)")
    }

    /// The patterns of what is frozen.
    func patterns() throws -> [NamePattern] { try freeze.map { try Self.pattern($0, option: "--freeze") } }

    /// The patterns with a factor of the learning rate each.
    func multipliers() throws -> [(pattern: NamePattern, factor: Double)] {
        let option = "--learning-rate-multiplier"
        return try learningRateMultiplier.map { text in
            // A name may hold an equals sign; a number does not.
            guard let sign = text.lastIndex(of: "=") else {
                throw ValidationError("\(option): '\(text)' is not of the form PATTERN=X, such as 'features.*=0.1'")
            }
            let number = text[text.index(after: sign)...]
            guard let factor = Double(number) else {
                throw ValidationError("\(option): '\(number)' is no number; '\(text)' needs one")
            }
            guard factor.isFinite, factor > 0 else {
                throw ValidationError(
                    "\(option): '\(text)' must be a finite number above 0"
                        + (factor == 0 ? "; --freeze '\(text[..<sign])' trains them not at all" : ""))
            }
            return (try Self.pattern(String(text[..<sign]), option: option), factor)
        }
    }

    private static func pattern(_ text: String, option: String) throws -> NamePattern {
        do { return try NamePattern(text) } catch { throw ValidationError("\(option): \(error)") }
    }
}
