import Buffers

/// Settings from which nothing can be made.
public enum SettingError: Error, Equatable, CustomStringConvertible {
    /// A value outside its range, or not a finite number.
    case outOfRange(name: String, value: Double, allowed: String)
    /// A name that the owner does not have.
    case unknown(name: String, owner: String, known: [String])
    /// Values that are allowed one by one but not together.
    case incompatible(names: [String], reason: String)

    public var description: String {
        switch self {
        case .outOfRange(let name, let value, let allowed):
            "\(name) is \(Number.text(value)), but must be \(allowed)"
        case .unknown(let name, let owner, let known):
            "\(owner) has no setting '\(name)'" + Spelling.hint(for: name, among: known)
                + (known.isEmpty ? " It has none" : " It has: \(known.joined(separator: ", "))")
        case .incompatible(let names, let reason):
            "\(names.joined(separator: " and ")) do not go together: \(reason)"
        }
    }

    public static func == (a: SettingError, b: SettingError) -> Bool {
        switch (a, b) {
        case (.outOfRange(let n, let v, let r), .outOfRange(let m, let w, let s)):
            // Two errors about NaN are the same error.
            n == m && r == s && (v == w || v.isNaN && w.isNaN)
        case (.unknown(let n, let o, let k), .unknown(let m, let p, let l)): n == m && o == p && k == l
        case (.incompatible(let n, let r), .incompatible(let m, let s)): n == m && r == s
        default: false
        }
    }
}
