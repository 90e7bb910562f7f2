/// One named number that a rule or an accelerator can be tuned by.
public struct Setting: Sendable, Hashable {
    /// The name in files, on the command line and in the C ABI: lower case, words joined by hyphens.
    public let name: String
    /// The value if none is given.
    public let standard: Double
    /// The values that are allowed.
    public let range: SettingRange
    /// What it does, in one sentence.
    public let summary: String

    /// Declares a setting.
    public init(_ name: String, standard: Double, range: SettingRange, summary: String) {
        self.name = name
        self.standard = standard
        self.range = range
        self.summary = summary
    }

    /// `value`, if it is allowed.
    ///
    /// - Throws: ``SettingError/outOfRange(name:value:allowed:)``, for NaN as well.
    public func checked(_ value: Double) throws(SettingError) -> Double {
        guard range.contains(value) else {
            throw .outOfRange(name: name, value: value, allowed: range.description)
        }
        return value
    }
}

/// Something that is made from named settings: an optimizer or an accelerator.
public protocol Configurable: Sendable {
    /// The name that it is chosen by.
    static var name: String { get }
    /// What it is, in one sentence.
    static var summary: String { get }
    /// What it can be tuned by.
    static var settings: [Setting] { get }

    /// Makes it from values; settings that are not given take their standard value.
    ///
    /// - Throws: ``SettingError`` for settings that exclude each other.
    init(_ values: SettingValues) throws(SettingError)

    /// The values that it was made from, all of them: `init` makes the same value of them again.
    var values: [String: Double] { get }
}

extension Configurable {
    /// Makes it from values by name.
    ///
    /// - Throws: ``SettingError`` for a name that it does not have or a value that is not allowed.
    public init(settings: [String: Double]) throws(SettingError) {
        try self.init(SettingValues(settings, for: Self.self))
    }
}

/// Checked values for all settings of a rule or an accelerator.
public struct SettingValues: Sendable, Hashable {
    private let values: [String: Double]

    /// Checks `given` against what `type` declares and fills in standard values.
    ///
    /// - Throws: ``SettingError`` for a name that is not declared or a value that is not allowed.
    public init(_ given: [String: Double], for type: any Configurable.Type) throws(SettingError) {
        let declared = type.settings
        for name in given.keys.sorted() where !declared.contains(where: { $0.name == name }) {
            throw .unknown(name: name, owner: type.name, known: declared.map(\.name))
        }
        var values: [String: Double] = [:]
        for setting in declared { values[setting.name] = try setting.checked(given[setting.name] ?? setting.standard) }
        self.values = values
    }

    /// The value of a declared setting.
    public subscript(setting: Setting) -> Double { values[setting.name] ?? setting.standard }
}
