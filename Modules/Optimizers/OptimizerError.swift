import Buffers

/// A step that cannot be taken.
public enum OptimizerError: Error, Equatable, CustomStringConvertible {
    /// A buffer of another length than the state's.
    case wrongCount(what: String, expected: Int, found: Int)
    /// A state that another rule made.
    case foreignState(rule: String, found: String)
    /// A learning rate that is negative or not finite.
    case badLearningRate(String)
    /// Factors of the learning rate for a rule that does not apply them.
    case multipliers(RateMultiplierError)
    /// No rule of that name.
    case unknownRule(name: String, known: [String])
    /// Settings that no rule can be made from.
    case setting(SettingError)
    /// Memory for a state could not be had.
    case allocation(AllocationError)
    /// A plugin's rule could not take the step; `step` counts from 1.
    case failed(rule: String, step: Int, reason: String)

    public var description: String {
        switch self {
        case .wrongCount(let what, let expected, let found):
            found < 0
                ? "\(what): \(found) elements; a count is at least 0"
                : "\(what): \(found) elements, but the optimizer's state is for \(expected)"
        case .foreignState(let rule, let found): "a state of \(found) was given to \(rule)"
        case .badLearningRate(let text): "the learning rate is \(text); allowed: finite numbers of at least 0"
        case .multipliers(let error): error.description
        case .unknownRule(let name, let known):
            "no optimizer is named '\(name)'\(Spelling.hint(for: name, among: known)) Known: \(known.joined(separator: ", "))"
        case .setting(let error): error.description
        case .allocation(let error): error.description
        case .failed(let rule, let step, let reason): "the optimizer \(rule) failed at step \(step): \(reason)"
        }
    }
}
