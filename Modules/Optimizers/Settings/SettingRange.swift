/// The values that a setting may take: an interval of finite numbers, of all or of whole ones.
public struct SettingRange: Sendable, Hashable, CustomStringConvertible {
    /// The least value, or the bound that no value reaches.
    public let lower: Double
    /// The greatest value, or the bound that no value reaches; infinity for none.
    public let upper: Double
    /// Whether `lower` itself is allowed.
    public let includesLower: Bool
    /// Whether `upper` itself is allowed.
    public let includesUpper: Bool
    /// Whether only whole numbers are allowed.
    public let isWhole: Bool

    private init(_ lower: Double, _ upper: Double, _ includesLower: Bool, _ includesUpper: Bool, whole: Bool = false) {
        self.lower = lower
        self.upper = upper
        self.includesLower = includesLower
        self.includesUpper = includesUpper
        isWhole = whole
    }

    /// The numbers between two bounds, each of which may be allowed or not: the form that the others are cases of.
    public static func interval(
        _ lower: Double, _ upper: Double, includesLower: Bool, includesUpper: Bool, isWhole: Bool
    ) -> SettingRange {
        SettingRange(lower, upper, includesLower, includesUpper, whole: isWhole)
    }

    /// The numbers from `lower` to `upper`, both allowed.
    public static func closed(_ lower: Double, _ upper: Double) -> SettingRange {
        SettingRange(lower, upper, true, true)
    }

    /// The numbers from `lower` up to but not including `upper`.
    public static func halfOpen(_ lower: Double, below upper: Double) -> SettingRange {
        SettingRange(lower, upper, true, false)
    }

    /// The numbers from `lower` on.
    public static func from(_ lower: Double) -> SettingRange { SettingRange(lower, .infinity, true, false) }

    /// The numbers greater than `lower`.
    public static func above(_ lower: Double) -> SettingRange { SettingRange(lower, .infinity, false, false) }

    /// The whole numbers from `lower` to `upper`, both allowed.
    public static func whole(_ lower: Int, _ upper: Int) -> SettingRange {
        SettingRange(Double(lower), Double(upper), true, true, whole: true)
    }

    /// No (0) or yes (1).
    public static let flag = whole(0, 1)

    /// Whether `value` is allowed. NaN and infinities never are.
    public func contains(_ value: Double) -> Bool {
        guard value.isFinite, !isWhole || value == value.rounded() else { return false }
        return (includesLower ? value >= lower : value > lower) && (includesUpper ? value <= upper : value < upper)
    }

    /// The values in words, to stand behind "must be".
    public var description: String {
        if self == .flag { return "0 (no) or 1 (yes)" }
        let (low, high) = (Number.text(lower), Number.text(upper))
        let least = includesLower ? "at least \(low)" : "above \(low)"
        let interval =
            if !upper.isFinite {
                includesLower ? "a finite number of at least \(low)" : "a finite number above \(low)"
            } else if includesLower, includesUpper {
                "from \(low) to \(high)"
            } else {
                "\(least) and \(includesUpper ? "at most" : "below") \(high)"
            }
        return isWhole ? "a whole number \(interval)" : interval
    }
}
