import ArgumentParser
import Slipstream

/// Settings given as `NAME=VALUE`, by an option that may be repeated: of whatever method has been chosen.
struct Assignments {
    /// The option's name.
    let option: String
    /// The values by name.
    let values: [String: Double]

    /// Reads the option's values.
    ///
    /// - Throws: `ValidationError` for a text of another form, a value that is no number, or a name that is given twice.
    init(_ texts: [String], option: String) throws {
        var values: [String: Double] = [:]
        for text in texts {
            let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, !sides[0].isEmpty else {
                throw ValidationError("\(option): '\(text)' is not of the form NAME=VALUE, such as momentum=0.9")
            }
            guard let value = Double(sides[1]) else {
                throw ValidationError("\(option): '\(sides[1])' is no number; \(sides[0]) needs one")
            }
            guard values.updateValue(value, forKey: sides[0]) == nil else {
                throw ValidationError("\(option): \(sides[0]) is given twice")
            }
        }
        (self.option, self.values) = (option, values)
    }

    /// These values and those of options with a name of their own.
    ///
    /// - Throws: `ValidationError` for a setting that is given both ways.
    func merging(_ others: [String: Double], option other: (String) -> String) throws -> [String: Double] {
        if let twice = values.keys.sorted().first(where: { others[$0] != nil }) {
            throw ValidationError("\(option) \(twice) and \(other(twice)) are the same setting: give one of them")
        }
        return values.merging(others) { $1 }
    }

    /// What is wrong with a setting, in terms of options; one that came from elsewhere is named by `other`.
    func describe(_ error: SettingError, owners: (String) -> [String], other: (SettingError) -> String) -> String {
        switch error {
        case .unknown(let name, _, _) where values[name] != nil:
            let others = owners(name)
            let whose = others.isEmpty ? "" : "; '\(name)' is for \(others.listed)"
            return "\(option): \(error.description)\(whose)"
        case .outOfRange(let name, _, _) where values[name] != nil:
            return error.naming { "\(option) \($0)" }
        case .incompatible(let names, _) where names.contains(where: { values[$0] != nil }):
            return "\(option): \(error.description)"
        default: return other(error)
        }
    }
}
