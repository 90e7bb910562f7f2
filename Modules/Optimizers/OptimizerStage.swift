import Buffers

/// A later part of a run, in which the rule has other settings: γ of dual averaging lowered after 100 epochs, say.
///
/// The rule goes on with the state that it has. Its text form is `EPOCH:NAME=VALUE,NAME=VALUE…`.
///
/// ```swift
/// let rule = try RDA(gamma: 1, lambda: 1e-6)
/// let later = try OptimizerStage("100:gamma=0.2,lambda=2e-6", after: rule)
/// ```
public struct OptimizerStage: Sendable {
    /// How many epochs are done when it begins, above 0.
    public let epoch: Double
    /// The rule from then on.
    public let optimizer: any Optimizer

    /// A stage.
    ///
    /// - Throws: ``StageError/badEpoch(_:)`` unless the epoch is a finite number above 0.
    public init(epoch: Double, optimizer: any Optimizer) throws(StageError) {
        guard epoch.isFinite, epoch > 0 else { throw .badEpoch(Number.text(epoch)) }
        self.epoch = epoch
        self.optimizer = optimizer
    }

    /// Reads the text form; settings that it does not name stay as they were.
    ///
    /// - Parameters:
    ///   - text: such as `100:gamma=0.2`.
    ///   - previous: the rule until then.
    /// - Throws: ``StageError`` for a text of another form, ``StageError/setting(_:)`` for a setting that the rule does not
    ///   have or that is not allowed.
    public init(_ text: String, after previous: any Optimizer) throws(StageError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .badForm(text) }
        guard let epoch = Double(parts[0]) else { throw .badEpoch(String(parts[0])) }
        var values = previous.values
        var named: Set<Substring> = []
        for assignment in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            let sides = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let value = Double(sides[1]) else { throw .badForm(text) }
            guard named.insert(sides[0]).inserted else { throw .repeated(setting: String(sides[0]), text) }
            values[String(sides[0])] = value
        }
        do {
            try self.init(epoch: epoch, optimizer: type(of: previous).init(settings: values))
        } catch let error as SettingError {
            throw .setting(error)
        } catch let error as StageError { throw error } catch { throw .badForm(text) }
    }

    /// Whether a rule can go on from another one's state: it remembers the same vectors and numbers.
    static func canFollow(_ next: any Optimizer, _ previous: any Optimizer) -> Bool {
        guard type(of: next).name == type(of: previous).name,
            let a = try? previous.makeState(count: 0, as: Float.self),
            let b = try? next.makeState(count: 0, as: Float.self)
        else { return false }
        return a.vectors.map(\.name) == b.vectors.map(\.name) && a.scalars.map(\.name) == b.scalars.map(\.name)
    }

    /// Checks that stages follow one another.
    ///
    /// - Parameters:
    ///   - stages: in the order in which they are to begin.
    ///   - first: the rule of the beginning.
    /// - Throws: ``StageError/notRising(_:)`` for epochs that do not rise, ``StageError/otherState(_:)`` for a rule that
    ///   cannot go on from the state of the one before.
    public static func check(_ stages: [OptimizerStage], after first: any Optimizer) throws(StageError) {
        var last = (epoch: 0.0, rule: first)
        for stage in stages {
            guard stage.epoch > last.epoch else { throw .notRising(Number.text(stage.epoch)) }
            guard canFollow(stage.optimizer, last.rule) else { throw .otherState(Number.text(stage.epoch)) }
            last = (stage.epoch, stage.optimizer)
        }
    }
}

/// Stages that cannot be.
public enum StageError: Error, Equatable, CustomStringConvertible {
    /// Not of the form `EPOCH:NAME=VALUE,…`.
    case badForm(String)
    /// A setting that is named twice.
    case repeated(setting: String, String)
    /// Not a number of epochs above 0.
    case badEpoch(String)
    /// A stage begins before the one that precedes it.
    case notRising(String)
    /// A stage remembers other things than the one before, such as a velocity.
    case otherState(String)
    /// A setting that the rule does not have, or that is not allowed.
    case setting(SettingError)

    public var description: String {
        switch self {
        case .badForm(let text): "'\(text)' is not of the form EPOCH:NAME=VALUE,NAME=VALUE…, such as 100:gamma=0.2"
        case .repeated(let setting, let text): "'\(setting)' stands twice in '\(text)'"
        case .badEpoch(let text): "a stage begins at epoch '\(text)', but must begin at a finite number above 0"
        case .notRising(let text): "the stage at epoch \(text) must begin after the one before it"
        case .otherState(let text):
            "the stage at epoch \(text) remembers other things than the one before it: what is 0 or off in one stage, "
                + "such as momentum, must be so in all"
        case .setting(let error): error.description
        }
    }
}
