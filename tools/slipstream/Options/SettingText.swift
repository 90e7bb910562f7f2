import Slipstream

extension Setting {
    /// The value if none is given, as a person writes it.
    var standardText: String { Figures.setting(standard) }
}

extension SettingError {
    /// The error in words, with the names of options in place of those of settings.
    func naming(_ option: (String) -> String) -> String {
        switch self {
        case .outOfRange(let name, let value, let allowed):
            SettingError.outOfRange(name: option(name), value: value, allowed: allowed).description
        case .unknown(let name, let owner, _): "\(option(name)) is not for \(owner)"
        case .incompatible(let names, let reason):
            SettingError.incompatible(names: names.map(option), reason: reason).description
        }
    }
}

extension [String] {
    /// The words as a list in a sentence: `a, b or c`.
    var listed: String { count < 2 ? joined() : "\(dropLast().joined(separator: ", ")) or \(self[count - 1])" }
}
