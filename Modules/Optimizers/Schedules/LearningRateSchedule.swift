import Buffers

/// How the learning rate changes over a run.
///
/// A schedule has a text form, `name:argument:argument…`, in which the command line and `run.json` write it.
public protocol LearningRateSchedule: Sendable, CustomStringConvertible {
    /// The name that the text form begins with.
    static var name: String { get }
    /// The text form with its arguments named, such as `linear:FINAL:EPOCHS`.
    static var form: String { get }

    /// Reads the arguments of the text form.
    ///
    /// - Throws: ``ScheduleError`` for a wrong number of arguments or one that is not allowed.
    init(arguments: [Substring]) throws(ScheduleError)

    /// η for a step.
    ///
    /// - Parameters:
    ///   - base: η₀, the learning rate that the run was given.
    ///   - epoch: how many epochs are done, with the fraction of the one under way: steps done / steps an epoch.
    func learningRate(base: Double, epoch: Double) -> Double

    /// The text form; reading it makes the same schedule again.
    var description: String { get }
}

/// A text that names no schedule.
public enum ScheduleError: Error, Equatable, CustomStringConvertible {
    /// No schedule of that name.
    case unknown(name: String, suggestion: String?, forms: [String])
    /// Another number of arguments than the schedule takes.
    case wrongArguments(found: String, form: String)
    /// An argument that is not allowed.
    case badArgument(name: String, found: String, allowed: String, form: String)

    public var description: String {
        switch self {
        case .unknown(let name, let suggestion, let forms):
            "no learning-rate schedule is named '\(name)'" + (suggestion.map { "; did you mean '\($0)'?" } ?? ".")
                + " Known: \(forms.joined(separator: ", "))"
        case .wrongArguments(let found, let form):
            "'\(found)' is not of the form \(form)"
        case .badArgument(let name, let found, let allowed, let form):
            "in \(form), \(name) is '\(found)', but must be \(allowed)"
        }
    }
}

/// Every learning-rate schedule by name.
public enum ScheduleTable {
    /// The schedules. A new one is one file and one entry here.
    public static let all: [any LearningRateSchedule.Type] = [
        ConstantSchedule.self, LinearSchedule.self, StepSchedule.self, InverseTimeSchedule.self, CosineSchedule.self,
        CyclicalSchedule.self, WarmupSchedule.self,
    ]

    /// The text forms of all schedules.
    public static var forms: [String] { all.map { $0.form } }

    /// Reads a schedule's text form, such as `step:150,225:0.1`.
    ///
    /// - Throws: ``ScheduleError``, which shows the valid form.
    public static func parse(_ text: String) throws(ScheduleError) -> any LearningRateSchedule {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let name = parts.first ?? ""
        guard let schedule = all.first(where: { $0.name == name }) else {
            throw .unknown(
                name: String(name), suggestion: Spelling.nearest(to: String(name), among: all.map { $0.name }),
                forms: forms)
        }
        return try schedule.init(arguments: Array(parts.dropFirst()))
    }
}

extension LearningRateSchedule {
    /// Checks the number of arguments.
    static func expect(_ count: Int, of arguments: [Substring]) throws(ScheduleError) {
        try expect(count...count, of: arguments)
    }

    /// Checks the number of arguments.
    static func expect(_ counts: ClosedRange<Int>, of arguments: [Substring]) throws(ScheduleError) {
        guard counts.contains(arguments.count) else {
            throw .wrongArguments(found: ([Substring(name)] + arguments).joined(separator: ":"), form: form)
        }
    }

    /// Reads one argument as a number.
    static func number(_ text: Substring, _ name: String, in range: SettingRange) throws(ScheduleError) -> Double {
        guard let value = Double(text), range.contains(value) else {
            throw .badArgument(name: name, found: String(text), allowed: range.description, form: form)
        }
        return value
    }

    /// Checks one argument.
    static func checked(_ value: Double, _ name: String, in range: SettingRange) throws(ScheduleError) -> Double {
        guard range.contains(value) else {
            throw .badArgument(name: name, found: Number.text(value), allowed: range.description, form: form)
        }
        return value
    }
}
