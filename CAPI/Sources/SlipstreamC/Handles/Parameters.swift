import Buffers
import CSlipstream
import Optimizers

/// A handle's named parameters.
struct Parameters {
    /// How many threads a call may use.
    static let threads = Setting(
        "threads", standard: 0, range: .whole(0, 1024),
        summary: "How many threads a call may use; 0: one for each processor.")

    /// What the handle is, for messages.
    private let owner: String
    /// What there is.
    let settings: [Setting]
    private(set) var values: [String: Double] = [:]

    /// Every parameter at its default.
    init(of owner: String, _ settings: [Setting]) {
        self.owner = owner
        self.settings = settings
        for setting in settings { values[setting.name] = setting.standard }
    }

    /// The value of a parameter, which there has to be.
    subscript(setting: Setting) -> Double { values[setting.name] ?? setting.standard }

    /// The threads to use.
    var workers: Workers {
        let threads = Int(self[Parameters.threads])
        return threads > 0 ? Workers(threads) : .all
    }

    /// The values of the parameters among `settings`.
    func values(of settings: [Setting]) -> [String: Double] {
        values.filter { name, _ in settings.contains { $0.name == name } }
    }

    private func setting(_ name: UnsafePointer<CChar>?) throws(Failure) -> Setting {
        let name = String(cString: try require(name, "name"))
        guard let setting = settings.first(where: { $0.name == name }) else {
            throw Failure(.unknown(name: name, owner: owner, known: settings.map(\.name)))
        }
        return setting
    }

    /// Sets a parameter.
    ///
    /// - Parameters:
    ///   - name: as C handed it over.
    ///   - value: checked against the parameter's range.
    ///   - allow: refuses, by throwing, a change that the handle's state does not allow; called if there is one.
    mutating func set(
        _ name: UnsafePointer<CChar>?, _ value: Double,
        allow: (_ setting: Setting, _ changed: Parameters) throws(Failure) -> Void
    ) throws(Failure) {
        let setting = try setting(name)
        do { _ = try setting.checked(value) } catch { throw Failure(error) }
        guard value != values[setting.name] else { return }
        var changed = self
        changed.values[setting.name] = value
        try allow(setting, changed)
        self = changed
    }

    /// Reads a parameter.
    func get(_ name: UnsafePointer<CChar>?, _ value: UnsafeMutablePointer<Double>?) throws(Failure) -> slip_status {
        let setting = try setting(name)
        try require(value, "value").pointee = self[setting]
        return SLIP_OK
    }

    /// Describes the parameter of an index.
    func describe(_ index: Int, _ target: UnsafeMutablePointer<slip_parameter>?) throws(Failure) -> slip_status {
        let target = try require(target, "parameter")
        try Tagged.check(target, "parameter", least: Tagged.firstSize(of: slip_parameter.self))
        guard settings.indices ~= index else { return SLIP_DONE }
        let setting = settings[index]
        let range = setting.range
        let flags =
            (range.isWhole ? SLIP_PARAMETER_WHOLE : 0) | (range.includesLower ? 0 : SLIP_PARAMETER_ABOVE_LEAST)
            | (range.includesUpper || !range.upper.isFinite ? 0 : SLIP_PARAMETER_BELOW_GREATEST)
        Tagged.write(
            slip_parameter(
                size: 0, name: StaticText.kept(setting.name), summary: StaticText.kept(setting.summary),
                allowed: StaticText.kept(range.description), standard: setting.standard, least: range.lower,
                greatest: range.upper, flags: UInt32(flags), reserved: 0), to: target)
        return SLIP_OK
    }

    /// The same parameters with other values; those that are not among them take their default, but for the threads.
    ///
    /// - Throws: ``Failure`` for a name that there is not, or a value that is not allowed.
    func replacing(_ saved: [String: Double]) throws(Failure) -> Parameters {
        var changed = Parameters(of: owner, settings)
        changed.values[Parameters.threads.name] = self[Parameters.threads]
        for (name, value) in saved.sorted(by: { $0.key < $1.key }) {
            guard let setting = settings.first(where: { $0.name == name }), setting.name != Parameters.threads.name,
                setting.range.contains(value) || value.isNaN && setting.standard.isNaN
            else { throw Failure(SLIP_FOREIGN, "the saved state has \(name) \(value), which \(owner) cannot have") }
            changed.values[name] = value
        }
        return changed
    }
}
